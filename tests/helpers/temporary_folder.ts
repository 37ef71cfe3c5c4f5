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
