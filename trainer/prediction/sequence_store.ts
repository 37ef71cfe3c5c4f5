/**
 * The coarse maps of a sequence, in a temporary file: a minute of video does not fit into memory. The file has no name while
 * it is used, so that nothing is left of it however the process ends; where a system does not allow that (Windows), it is
 * removed at the end.
 *
 * @module
 */
import { readAt } from "../formats/read_at.ts";
import { writeAll } from "../formats/atomic_file.ts";
import type { CoarseDepth } from "./coarse_depth.ts";

/** Maps by the number of their frame. */
export class SequenceStore implements AsyncDisposable {
  readonly #height: number;
  readonly #named: string | undefined;
  readonly #file: Deno.FsFile;
  readonly #frames = new Set<number>();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(height: number, file: Deno.FsFile, named: string | undefined) {
    this.#height = height;
    this.#file = file;
    this.#named = named;
  }

  /** @param height of the maps */
  static async create(height: number): Promise<SequenceStore> {
    const path = await Deno.makeTempFile({ prefix: "depth-sequence-" });
    try {
      const file = await Deno.open(path, { read: true, write: true });
      const gone = await Deno.remove(path).then(() => true, () => false);
      return new SequenceStore(height, file, gone ? undefined : path);
    } catch (error) {
      await Deno.remove(path).catch(() => {});
      throw error;
    }
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
      await writeAll(this.#file, bytes);
      this.#frames.add(frame);
    });
  }

  /** A frame's maps. */
  read(frame: number): Promise<CoarseDepth> {
    const pixels = this.#pixels;
    return this.#inTurn(async () => {
      if (!this.#frames.has(frame)) {
        throw new Error(`Cannot read frame ${frame} as it was not written`);
      }
      const bytes = await readAt(this.#file, 9 * pixels * frame, 9 * pixels);
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
    if (this.#named !== undefined) await Deno.remove(this.#named);
  }
}
