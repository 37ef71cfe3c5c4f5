import fs from "node:fs";
import { chromiumPath } from "./permissions.ts";

const QUIET = [
  "--headless",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Flags of a Chromium that has WebGPU on its own software adapter. */
export const SWIFTSHADER: readonly string[] = [
  ...QUIET,
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

/** A Chromium with an empty profile and one page, closed at the end of `use`. */
export async function withPage<T>(
  use: (page: import("playwright-core").Page) => Promise<T>,
  options: { flags?: readonly string[]; viewport?: { width: number; height: number } } = {},
): Promise<T> {
  const { chromium } = await importPlaywright();
  const profile = await Deno.makeTempDir();
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath()!,
    headless: true,
    args: [...(options.flags ?? [...QUIET, "--disable-gpu"])],
    viewport: options.viewport ?? { width: 1280, height: 900 },
  });
  try {
    return await use(context.pages()[0] ?? await context.newPage());
  } finally {
    await context.close();
    await Deno.remove(profile, { recursive: true }).catch(() => {});
  }
}

/**
 * When it loads, playwright-core looks for a file below /proc/sys, which Deno shows only to a process that may do
 * everything. The look is answered as Node would answer it: there is no such file.
 */
async function importPlaywright(): Promise<typeof import("playwright-core")> {
  const { existsSync } = fs;
  fs.existsSync = (path) => {
    try {
      return existsSync(path);
    } catch {
      return false;
    }
  };
  try {
    return await import("playwright-core");
  } finally {
    fs.existsSync = existsSync;
  }
}
