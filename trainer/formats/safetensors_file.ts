/** Safetensors on disk: written through a temporary file, read one tensor at a time. */

import { writeFileAtomic } from "./atomic_file.ts";
import { readAt } from "./read_at.ts";
import {
  DTYPES,
  headerLength,
  MAX_HEADER,
  parseSafetensorsHeader,
  type SafeTensor,
  safetensorsChunks,
  type SafetensorsHeader,
} from "./safetensors.ts";

/** Write a file through a temporary one and an fsync; throws as {@link safetensorsChunks}. */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<readonly [string, SafeTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileAtomic(path, safetensorsChunks(tensors, metadata));
}

/** An open file whose tensors are read one at a time, so that a large checkpoint is never in memory twice. */
export class SafetensorsFile implements Disposable {
  readonly #file: Deno.FsFile;
  /** The parsed header. */
  readonly header: SafetensorsHeader;
  /** The path it was opened from. */
  readonly path: string;

  private constructor(file: Deno.FsFile, header: SafetensorsHeader, path: string) {
    this.#file = file;
    this.header = header;
    this.path = path;
  }

  /** Open a file and check its header; throws as {@link parseSafetensorsHeader}, or `Deno.errors.NotFound`. */
  static async open(path: string): Promise<SafetensorsFile> {
    return await SafetensorsFile.of(await Deno.open(path), path);
  }

  /** The same of a file that is open already, and is closed with it. @param path what to call it in errors */
  static async of(file: Deno.FsFile, path: string): Promise<SafetensorsFile> {
    try {
      const { size } = await file.stat();
      const length = size < 8 ? 0 : headerLength(await readAt(file, 0, 8));
      const head = await readAt(file, 0, length > MAX_HEADER ? 8 : Math.min(size, 8 + length));
      return new SafetensorsFile(file, parseSafetensorsHeader(head, size, path), path);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /**
   * Read one tensor.
   *
   * @throws {RangeError} if the file has no tensor of that name
   */
  async read(name: string): Promise<Required<SafeTensor>> {
    const entry = this.header.entries.get(name);
    if (!entry) {
      throw new RangeError(
        `Cannot read tensor "${name}" from "${this.path}": it has ${this.header.entries.size} tensors and none of that name`,
      );
    }
    const { dtype, shape, range } = entry;
    const bytes = await readAt(this.#file, this.header.dataStart + range[0], range[1] - range[0]);
    return { dtype, shape, data: new DTYPES[dtype](bytes.buffer) };
  }

  /** Close the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}
