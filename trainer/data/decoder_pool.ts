/**
 * Threads that decode image files side by side: on a GPU a training step is short, and one core cannot decode the
 * panoramas of a step meanwhile.
 *
 * @module
 */
import { type Turns, turns } from "./decoding.ts";
import type { PanoramaImage } from "./panorama_image.ts";

/** Makes a panorama of an image file, as `readPanorama()` does, and throws what that throws. */
export type Decode = (path: string, height: number, mask?: string) => Promise<PanoramaImage>;

/** An image to decode. */
export interface DecodeRequest {
  readonly path: string;
  readonly height: number;
  readonly mask?: string | undefined;
}

/** What comes back. */
export type DecodeReply = { readonly image: PanoramaImage } | { readonly error: Error };

/** Above this many a disk is slower than the cores; and it bounds the memory, see {@linkcode DecoderPool}. */
const MOST = 8;

/** How many threads suit a training: with a software adapter the cores train, with a GPU all but one may decode. */
export function decoderCount(kind: "cpu" | "gpu", cores: number): number {
  return kind === "cpu" ? 1 : Math.min(Math.max(cores - 1, 1), MOST);
}

/**
 * Decodes in as many threads as it is told, started when they are first needed. Each has one image in work, which bounds
 * the memory: one of 5760×2880 takes 160 MB meanwhile, or 40 MB where a JPEG is decoded at half its size, and one of 8K
 * twice that, so that eight threads take 1.3 or 2.6 GB at most. First come, first served.
 */
export class DecoderPool implements Disposable {
  readonly #idle: Worker[] = [];
  readonly #turn: Turns;

  constructor(threads: number) {
    this.#turn = turns(threads);
  }

  readonly decode: Decode = (path, height, mask) =>
    this.#turn(async () => {
      const worker = this.#idle.pop() ??
        new Worker(import.meta.resolve("./decoder_worker.ts"), { type: "module" });
      const reply = await ask(worker, { path, height, mask });
      this.#idle.push(worker);
      if ("error" in reply) throw reply.error;
      return reply.image;
    });

  /** Stop the threads; only once nothing is in work. */
  [Symbol.dispose](): void {
    for (const worker of this.#idle) worker.terminate();
  }
}

/** A thread that breaks down ends the thread that started it: its `error` event is left alone. */
function ask(worker: Worker, request: DecodeRequest): Promise<DecodeReply> {
  const { promise, resolve } = Promise.withResolvers<DecodeReply>();
  worker.onmessage = ({ data }: MessageEvent<DecodeReply>) => resolve(data);
  worker.postMessage(request);
  return promise;
}
