/**
 * Write a file so that its final name never holds a partial one: temporary file beside it, fsync, rename
 * (DESIGN §7). A reader that opens `path` sees the old content or the new one, also after a power cut.
 *
 * @param path final name; its folder is created when absent
 * @param chunks the content, one array or several in order
 * @throws Error with the path when it cannot be written, as on a full disk, and whatever `chunks` throws
 */
export async function writeFileAtomic(
  path: string,
  chunks: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const slash = path.lastIndexOf("/");
  if (slash > 0) await Deno.mkdir(path.slice(0, slash), { recursive: true });
  const temporary = `${path}.${Deno.pid}.tmp`;
  try {
    const file = await Deno.open(temporary, { write: true, create: true, truncate: true });
    try {
      for await (const chunk of chunks instanceof Uint8Array ? [chunks] : chunks) {
        await naming(path, writeAll(file, chunk));
      }
      await naming(path, file.sync());
    } finally {
      file.close();
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** Write a whole chunk: Deno's `write()` may take only a part of a large one. */
export async function writeAll(file: Deno.FsFile, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length;) done += await file.write(chunk.subarray(done));
}

/** An open file's errors do not say which file it is. */
async function naming(path: string, writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    throw new Error(`Cannot write "${path}": ${(error as Error).message}`, { cause: error });
  }
}
