/** What a test may need and does not always have. A field that is absent or false is not needed. */
export interface Needs {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly net?: boolean;
  readonly run?: boolean;
  readonly env?: boolean;
  readonly sys?: boolean;
  readonly ffi?: boolean;
  /** A Chromium to drive; implies read and run. */
  readonly chromium?: boolean;
  /** Files or folders that must exist; implies read. */
  readonly paths?: readonly (string | URL)[];
}

/** Whether to skip a test, and what to add to its name then: `""` or ` (skipped: …)`. */
export interface Skip {
  readonly ignore: boolean;
  readonly suffix: string;
}

const KINDS = ["read", "write", "net", "run", "env", "sys", "ffi"] as const;

/**
 * Skips a test, with the reason in its name, where a permission, a browser or a file is missing. A module that
 * needs permissions when it loads (sharp, playwright-core) is imported inside the test: `await import("sharp")`.
 *
 * @example
 * ```ts ignore
 * const need = ignoreWithout({ read: true, write: true });
 * Deno.test({ name: "RunWriter appends" + need.suffix, ignore: need.ignore, fn() {} });
 * ```
 */
export function ignoreWithout(needs: Needs): Skip {
  const missing: string[] = [];
  const wanted: Record<(typeof KINDS)[number], boolean> = {
    read: Boolean(needs.read ?? needs.chromium ?? needs.paths),
    write: Boolean(needs.write),
    net: Boolean(needs.net),
    run: Boolean(needs.run ?? needs.chromium),
    env: Boolean(needs.env),
    sys: Boolean(needs.sys),
    ffi: Boolean(needs.ffi),
  };
  const denied = KINDS.filter((kind) => wanted[kind] && !granted(kind));
  if (denied.length > 0) missing.push(`needs --allow-${denied.join(" --allow-")}, as in -P=tests`);
  if (missing.length === 0) {
    if (needs.chromium && !chromiumPath()) missing.push("no Chromium is installed");
    for (const path of needs.paths ?? []) {
      if (!exists(path)) missing.push(`${shown(path)} is not here`);
    }
  }
  return {
    ignore: missing.length > 0,
    suffix: missing.length > 0 ? ` (skipped: ${missing.join("; ")})` : "",
  };
}

/** Path of the Chromium that the browser tests drive, or undefined where none is installed. */
export function chromiumPath(): string | undefined {
  return [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ].find(exists);
}

/** Whether a permission is held in part: `net` for 127.0.0.1, the others at all. */
function granted(kind: (typeof KINDS)[number]): boolean {
  const status = kind === "net"
    ? Deno.permissions.querySync({ name: "net", host: "127.0.0.1" })
    : Deno.permissions.querySync({ name: kind });
  return status.state === "granted";
}

function exists(path: string | URL): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function shown(path: string | URL): string {
  return path instanceof URL ? path.pathname.split("/").slice(-2).join("/") : path;
}
