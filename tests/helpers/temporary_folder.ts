/**
 * Folders of tests, which leave nothing behind.
 *
 * @module
 */
import type { Skip } from "./permissions.ts";

/** A folder of a test. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * Makes a folder that is gone, with all that is in it, at the end of the block.
 *
 * @example
 * ```ts ignore
 * await using folder = await temporaryFolder();
 * await Deno.writeTextFile(`${folder.path}/a.txt`, "a");
 * ```
 */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Registers a test that is called with the path of a folder of its own. */
export type FolderTest = (name: string, use: (folder: string) => void | Promise<void>) => void;

/**
 * Tests that have a folder each, all skipped where something that they need is missing.
 *
 * @example
 * ```ts ignore
 * const test = folderTests(ignoreWithout({ read: true, write: true }));
 * test("RunWriter appends", async (folder) => {});
 * ```
 */
export function folderTests(need: Skip): FolderTest {
  return (name, use) =>
    Deno.test({
      name: name + need.suffix,
      ignore: need.ignore,
      async fn() {
        await using temporary = await temporaryFolder();
        await use(temporary.path);
      },
    });
}
