/**
 * Write a file so that its final name never holds a partial one: temporary file beside it, fsync, rename
 * (DESIGN §7). A reader that opens `path` sees the old content or the new one, also after a power cut.
 *
 * @param path final name; its folder is created when absent
 * @param chunks the content, one array or several in order
 * @throws {Error} when it cannot be written, with the path and the reason; and what making a chunk throws
 */
export async function writeFileAtomic(
  path: string,
  chunks: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const slash = path.lastIndexOf("/");
  const temporary = `${path}.${Deno.pid}.tmp`;
  try {
    if (slash > 0) await Deno.mkdir(path.slice(0, slash), { recursive: true });
    const file = await Deno.open(temporary, { write: true, create: true, truncate: true });
    try {
      for await (const chunk of chunks instanceof Uint8Array ? [chunks] : chunks) {
        await writeAll(file, chunk);
      }
      await file.sync();
    } finally {
      file.close();
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw isSystemError(error)
      ? new Error(`Cannot write "${path}": ${error.message}`, { cause: error })
      : error;
  }
}

/** What the system or Deno's permissions answer, in difference to what goes wrong where chunks are made. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Deno.errors.NotCapable || (error instanceof Error && "code" in error);
}

/** Write a whole chunk: Deno's `write()` may take only a part of a large one. */
export async function writeAll(file: Deno.FsFile, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length;) done += await file.write(chunk.subarray(done));
}
