/** Data sources as the user writes them: `NAME[:ROOT][@key=value…]`. */

/** A parsed source. */
export interface SourceSpec {
  /** Kind of source, one of the known names. */
  readonly name: string;
  /** Folder or file it reads, when its kind has one. */
  readonly root?: string;
  /** Its options; only known keys. */
  readonly options: Readonly<Record<string, string>>;
  /** What the user wrote. */
  readonly text: string;
}

interface Kind {
  readonly root: "required" | "none";
  readonly options: readonly string[];
  readonly form: string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  rooms: {
    root: "none",
    options: ["style", "split"],
    form: "rooms[@style=NAME][@split=train|val|test]",
  },
  panoramas: { root: "none", options: ["split"], form: "panoramas[@split=train|val|all]" },
  folder: { root: "required", options: ["masks"], form: "folder:PATH[@masks=DIR]" },
};

/** Datasets of the paper whose readers come with a later version. */
const LATER: readonly string[] = [
  "matterport3d",
  "stanford2d3d",
  "structured3d",
  "spatialaudiogen",
];

/**
 * Parse a source. A root may hold `:` and `@`; options are the `@key=value` groups at its end.
 *
 * @throws {SyntaxError} if it is not of the form `NAME[:ROOT][@key=value…]`
 * @throws {RangeError} if name or option is unknown, or a root is missing or too many
 *
 * @example
 * ```ts
 * import { parseSpec } from "./spec.ts";
 * import { deepEqual } from "node:assert/strict";
 * const { name, root, options } = parseSpec("folder:/my panos@masks=/my masks");
 * deepEqual([name, root, options], ["folder", "/my panos", { masks: "/my masks" }]);
 * ```
 */
export function parseSpec(text: string): SourceSpec {
  const options: Record<string, string> = {};
  let head = text;
  for (;;) {
    const match = /^(.*)@([A-Za-z][A-Za-z0-9-]*)=([^@]*)$/s.exec(head);
    if (!match) break;
    const [, rest, key, value] = match as unknown as [string, string, string, string];
    if (key in options) {
      throw new SyntaxError(`Cannot read source "${text}" as option "${key}" is given twice`);
    }
    if (value === "") {
      throw new SyntaxError(`Cannot read source "${text}" as option "${key}" is empty`);
    }
    options[key] = value;
    head = rest;
  }
  const [, name, root] = /^([^:@]*)(?::(.*))?$/s.exec(head) ?? [];
  if (name === undefined || name.trim() === "") {
    throw new SyntaxError(
      `Cannot read source "${text}": expected NAME[:ROOT][@key=value…], e.g. folder:panos`,
    );
  }
  const known = Object.values(KINDS).map((kind) => kind.form).join(", ");
  if (LATER.includes(name)) {
    throw new RangeError(
      `Cannot open source "${name}" as this version has no reader for it; available are ${known}`,
    );
  }
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (!kind) {
    throw new RangeError(
      `Cannot open source "${name}" as there is no such kind: known are ${known}`,
    );
  }
  if (kind.root === "required" && !root) {
    throw new RangeError(`Cannot open source "${text}" as it has no path: write ${kind.form}`);
  }
  if (kind.root === "none" && root !== undefined) {
    throw new RangeError(
      `Cannot open source "${text}" as "${name}" takes no path: write ${kind.form}`,
    );
  }
  for (const key of Object.keys(options)) {
    if (!kind.options.includes(key)) {
      throw new RangeError(
        `Cannot open source "${text}" as "${name}" has no option "${key}": it has ${
          kind.options.join(", ")
        }`,
      );
    }
  }
  const ordered = Object.fromEntries(Object.entries(options).reverse());
  return root === undefined
    ? { name, options: ordered, text }
    : { name, root, options: ordered, text };
}
