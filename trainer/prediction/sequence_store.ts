/**
 * The coarse maps of a sequence, in a temporary file: a minute of video does not fit into memory.
 *
 * @module
 */
import type { CoarseDepth } from "./coarse_depth.ts";

/** Maps by the number of their frame. */
export class SequenceStore implements AsyncDisposable {
  readonly #height: number;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #frames = new Set<number>();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(height: number, path: string, file: Deno.FsFile) {
    this.#height = height;
    this.#path = path;
    this.#file = file;
  }

  /** @param height of the maps */
  static async create(height: number): Promise<SequenceStore> {
    const path = await Deno.makeTempFile({ prefix: "depth-sequence-" });
    return new SequenceStore(height, path, await Deno.open(path, { read: true, write: true }));
  }

  /** Frames that are there, ascending. */
  get frames(): number[] {
    return [...this.#frames].sort((a, b) => a - b);
  }

  get #pixels(): number {
    return 2 * this.#height * this.#height;
  }

  /** Keep a frame's maps. */
  write(frame: number, { values, luminance, visible }: CoarseDepth): Promise<void> {
    const bytes = new Uint8Array(9 * this.#pixels);
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    bytes.set(
      new Uint8Array(luminance.buffer, luminance.byteOffset, luminance.byteLength),
      4 * this.#pixels,
    );
    bytes.set(visible, 8 * this.#pixels);
    return this.#inTurn(async () => {
      await this.#file.seek(frame * bytes.length, Deno.SeekMode.Start);
      for (let done = 0; done < bytes.length;) done += await this.#file.write(bytes.subarray(done));
      this.#frames.add(frame);
    });
  }

  /** A frame's maps. */
  read(frame: number): Promise<CoarseDepth> {
    const pixels = this.#pixels;
    const bytes = new Uint8Array(9 * pixels);
    return this.#inTurn(async () => {
      await this.#file.seek(frame * bytes.length, Deno.SeekMode.Start);
      for (let done = 0; done < bytes.length;) {
        const count = await this.#file.read(bytes.subarray(done));
        if (count === null) throw new Error(`Cannot read frame ${frame} as it was not written`);
        done += count;
      }
      return {
        height: this.#height,
        values: new Float32Array(bytes.buffer, 0, pixels),
        luminance: new Float32Array(bytes.buffer, 4 * pixels, pixels),
        visible: bytes.subarray(8 * pixels),
      };
    });
  }

  /** The file has one place to read or write at. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {}); // the caller hears of it
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    this.#file.close();
    await Deno.remove(this.#path);
  }
}
