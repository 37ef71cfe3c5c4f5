/**
 * Whether results can be written, known before the work for them is done.
 *
 * @module
 */
import { dirname, resolve } from "node:path";

/**
 * Look at the folder of the results, or at the nearest one above it where it is not there yet. Nothing is left behind.
 *
 * @throws {Error} when it is no folder, or cannot be written to
 */
export async function checkOutputFolder(folder: string): Promise<void> {
  const nearest = await nearestFolder(resolve(folder), folder);
  try {
    await Deno.remove(await Deno.makeTempFile({ dir: nearest, prefix: ".depth-" }));
  } catch (error) {
    const where = nearest === resolve(folder) ? "it" : `"${nearest}"`;
    throw new Error(
      `Cannot write to "${folder}" as ${where} takes no files: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

async function nearestFolder(path: string, folder: string): Promise<string> {
  const info = await Deno.stat(path).catch((error: Error) => {
    const isAbsent = [Deno.errors.NotFound, Deno.errors.NotADirectory]
      .some((absence) => error instanceof absence);
    if (isAbsent) return undefined;
    throw new Error(`Cannot write to "${folder}": ${error.message}`, { cause: error });
  });
  if (info?.isDirectory) return path;
  if (info) {
    throw new Error(
      path === resolve(folder)
        ? `Cannot write to "${folder}" as it is a file: name a folder`
        : `Cannot write to "${folder}" as "${path}" is a file`,
    );
  }
  return await nearestFolder(dirname(path), folder);
}
