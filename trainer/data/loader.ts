/** Panoramas for the trainer: decoded in a worker, ahead of the step that needs them. */

import type { DiskCacheOptions } from "./disk_cache.ts";
import { exposureStops, pick } from "./order.ts";
import type { Panorama, SkippedFile } from "./panorama_source.ts";

/** Asks to open sources. */
export interface OpenRequest {
  readonly kind: "open";
  readonly specs: readonly string[];
  readonly height: number;
  readonly decoders: number;
  readonly cache: DiskCacheOptions | undefined;
}

/** Asks for a panorama. */
interface GetRequest {
  readonly kind: "get";
  readonly index: number;
  readonly stops: number;
}

/** A message to the worker. */
export type LoaderRequest =
  | { readonly id: number } & (OpenRequest | GetRequest)
  | { readonly kind: "end" };

/** A message from the worker. */
export type LoaderReply =
  | {
    readonly id: number;
    readonly kind: "opened";
    readonly names: readonly string[];
    readonly report: readonly SkippedFile[];
    readonly notes: readonly string[];
  }
  | {
    readonly id: number;
    readonly kind: "panorama";
    readonly panorama: Panorama;
    readonly report: readonly SkippedFile[];
  }
  | { readonly id: number; readonly kind: "failed"; readonly error: Error }
  | { readonly kind: "ended" };

/** Half width of the exposure change of HDR panoramas, in stops. */
const EXPOSURE = 1;

/** How panoramas are loaded and in which order. */
export interface LoaderOptions {
  /** Sources, joined in this order. */
  readonly specs: readonly string[];
  /** Rows; the width is twice that. */
  readonly height: number;
  /** Panoramas a step takes. */
  readonly batch: number;
  /** Seed of the run. */
  readonly seed: number;
  /** Threads that decode images of folders; 1 when absent: the loader's own. */
  readonly decoders?: number;
  /** Where resized images of folders are kept on disk; nowhere when absent. */
  readonly cache?: DiskCacheOptions | undefined;
  /** Steps to decode ahead; when absent, two more than give every thread an image. */
  readonly ahead?: number;
}

/** The panoramas of one step. */
export interface PanoramaBatch {
  /** `[batch, height, width]` little-endian words: red in the low byte, alpha 255 valid or 0 masked. */
  readonly pixels: Uint32Array<ArrayBuffer>;
  /** `[batch, height, width]`, 1 valid and 0 masked. */
  readonly mask: Uint8Array<ArrayBuffer>;
  /** Names, in the order of the batch. */
  readonly names: readonly string[];
}

type Reply<K extends LoaderReply["kind"]> = Extract<LoaderReply, { kind: K }>;

/** Decodes the panoramas of coming steps in a worker. What a step gets depends on (seed, step) only. */
export class PanoramaLoader implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #options: LoaderOptions;
  readonly #ahead: number;
  readonly #waiting = new Map<number, PromiseWithResolvers<LoaderReply>>();
  readonly #steps = new Map<number, Promise<PanoramaBatch>>();
  readonly #ended = Promise.withResolvers<void>();
  #nextId = 0;
  #names: readonly string[] = [];
  #report: readonly SkippedFile[] = [];
  #notes: readonly string[] = [];
  #stopped: Error | undefined;
  /** Called for each file that turns out to be unusable after its source was opened: large folders are not read whole. */
  onSkip?: (file: SkippedFile) => void;

  private constructor(options: LoaderOptions) {
    this.#options = options;
    this.#ahead = options.ahead ?? 2 + Math.ceil((options.decoders ?? 1) / options.batch);
    this.#worker = new Worker(import.meta.resolve("./loader_worker.ts"), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<LoaderReply>) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(`its thread stopped: ${event.message}`);
      this.#ended.resolve();
    };
  }

  /**
   * Start the worker and open the sources.
   *
   * @throws {SyntaxError | RangeError} if a spec is wrong; {Error} if a source holds nothing usable
   */
  static async open(options: LoaderOptions): Promise<PanoramaLoader> {
    const loader = new PanoramaLoader(options);
    try {
      const { specs, height, decoders = 1, cache } = options;
      const request = { kind: "open", specs, height, decoders, cache } as const;
      const { names, report, notes } = await loader.#ask<"opened">(request);
      loader.#names = names;
      loader.#report = report;
      loader.#notes = notes;
      return loader;
    } catch (error) {
      await loader[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Panoramas in all sources. */
  get size(): number {
    return this.#names.length;
  }

  /** Their names by index; of a large folder also those of files that turn out to be unusable. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Files skipped so far, with the reason. */
  get report(): readonly SkippedFile[] {
    return this.#report;
  }

  /** What to know of the sources before training, such as how many images have a mask. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /** One panorama by its index, for evaluation and pictures. */
  async get(index: number, stops = 0): Promise<Panorama> {
    const { panorama, report } = await this.#ask<"panorama">({ kind: "get", index, stops });
    if (report.length > this.#report.length) this.#tell(report);
    return panorama;
  }

  #tell(report: readonly SkippedFile[]): void {
    const known = new Set(this.#report.map(({ path }) => path));
    this.#report = report;
    for (const file of report) if (!known.has(file.path)) this.onSkip?.(file);
  }

  /** The panoramas of a step, and start on those of the next ones. */
  async batch(step: number): Promise<PanoramaBatch> {
    for (const old of this.#steps.keys()) if (old < step) this.#steps.delete(old);
    for (let s = step; s <= step + this.#ahead; s++) {
      if (this.#steps.has(s)) continue;
      const loading = this.#load(s);
      loading.catch(() => {}); // reported by the step that asks for it
      this.#steps.set(s, loading);
    }
    const batch = await this.#steps.get(step)!;
    this.#steps.delete(step); // the caller owns it now
    return batch;
  }

  async #load(step: number): Promise<PanoramaBatch> {
    const { batch, seed, height } = this.#options;
    const pixels = new Uint32Array(batch * height * height * 2);
    const mask = new Uint8Array(pixels.length);
    const panoramas = await Promise.all(Array.from({ length: batch }, (_, item) => {
      const stops = exposureStops(EXPOSURE, seed, step, item);
      return this.get(pick(this.size, batch, seed, step, item), stops);
    }));
    for (const [item, panorama] of panoramas.entries()) {
      const from = item * height * height * 2;
      pixels.set(new Uint32Array(panorama.rgba.buffer), from);
      if (panorama.mask) mask.set(panorama.mask, from);
      else mask.fill(1, from, from + height * height * 2);
    }
    return { pixels, mask, names: panoramas.map(({ name }) => name) };
  }

  #ask<K extends LoaderReply["kind"]>(
    message: OpenRequest | GetRequest,
  ): Promise<Reply<K>> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    const id = this.#nextId++;
    const waiting = Promise.withResolvers<LoaderReply>();
    this.#waiting.set(id, waiting);
    this.#worker.postMessage({ id, ...message });
    return waiting.promise as Promise<Reply<K>>;
  }

  #receive(reply: LoaderReply): void {
    if (reply.kind === "ended") return this.#ended.resolve();
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.kind === "failed") waiting?.reject(reply.error);
    else waiting?.resolve(reply);
  }

  #fail(reason: string): void {
    this.#stopped ??= new Error(`Cannot load panoramas as ${reason}`);
    for (const { reject } of this.#waiting.values()) reject(this.#stopped);
    this.#waiting.clear();
  }

  /** Stop the worker once the images that it has in work are done; nothing else that was asked for comes any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#fail("it was closed");
    this.#steps.clear();
    this.#worker.postMessage({ kind: "end" } satisfies LoaderRequest);
    await this.#ended.promise;
    this.#worker.terminate();
  }
}
