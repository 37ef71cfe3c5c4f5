/** Reading a part of an open file. */

/**
 * Read `length` bytes from `offset` on.
 *
 * @throws {SyntaxError} when the file ends before
 */
export async function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  await file.seek(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const n = await file.read(bytes.subarray(done));
    if (n === null) {
      throw new SyntaxError(
        `Cannot read ${length} bytes at ${offset}: the file ends at ${offset + done}`,
      );
    }
    done += n;
  }
  return bytes;
}
