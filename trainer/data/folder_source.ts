/** `folder:PATH`: a user's own panoramas. */

import type { Decode } from "./decoder_pool.ts";
import { decoding } from "./decoding.ts";
import { type FolderImages, type ImageFile, listImages } from "./folder_images.ts";
import { ImageCache } from "./image_cache.ts";
import { readPanorama } from "./image_file.ts";
import { type PanoramaImage, render } from "./panorama_image.ts";
import {
  checkIndex,
  type Panorama,
  type PanoramaSource,
  type SkippedFile,
} from "./panorama_source.ts";
import type { SourceSpec } from "./spec.ts";

/** Folders up to this many images are decoded whole when opened, so that bad files are known before step 0. */
export const CHECKED_WHEN_OPENED = 300;

const CACHE_BYTES = 256 * 2 ** 20;

/** Decode in this thread. */
export const decodeHere: Decode = (path, height, mask) =>
  decoding(() => readPanorama(path, height, mask));

/** How a folder's images are decoded, and how many are kept. */
export interface FolderOptions {
  /** Called for an image that is not in memory; in this thread, a few at once, when left out. */
  readonly decode?: Decode | undefined;
  /** Bytes of decoded images to keep in memory; 256 MiB when left out. */
  readonly cacheBytes?: number | undefined;
}

/**
 * All images below a folder in the order of their paths, with their masks, as `listImages()` finds them. Unusable images
 * are reported and skipped: asked for one, the source gives the next usable one instead, so that an index always means the
 * same panorama while the files stay.
 */
export class FolderSource implements PanoramaSource {
  readonly name: string;
  readonly notes: readonly string[];
  readonly #height: number;
  readonly #cache: ImageCache;
  readonly #decode: Decode;
  readonly #skipped = new Map<string, SkippedFile>();
  #files: readonly ImageFile[];

  private constructor(
    name: string,
    height: number,
    { files, broken, notes }: FolderImages,
    { decode = decodeHere, cacheBytes = CACHE_BYTES }: FolderOptions,
  ) {
    this.#cache = new ImageCache(cacheBytes);
    this.#decode = decode;
    this.name = name;
    this.notes = notes;
    this.#height = height;
    this.#files = files;
    for (const file of broken) this.#skipped.set(file.path, file);
  }

  /**
   * List a folder, and decode it when it is small.
   *
   * @param spec `folder:PATH[@masks=DIR]`
   * @param height rows to resize to
   * @throws {Error} if the folder or the mask folder cannot be read, holds no image or none that is usable, or no image
   *   has a mask there
   */
  static async open(
    spec: SourceSpec,
    height: number,
    options: FolderOptions = {},
  ): Promise<FolderSource> {
    const images = await listImages(spec);
    const source = new FolderSource(spec.text, height, images, options);
    if (images.files.length <= CHECKED_WHEN_OPENED) await source.#checkAll();
    return source;
  }

  get size(): number {
    return this.#files.length;
  }

  get names(): readonly string[] {
    return this.#files.map(({ name }) => name);
  }

  get report(): readonly SkippedFile[] {
    return [...this.#skipped.values()].sort((a, b) => a.path < b.path ? -1 : 1);
  }

  async get(index: number, stops = 0): Promise<Panorama> {
    checkIndex(this, index);
    for (let k = 0; k < this.#files.length; k++) {
      const file = this.#files[(index + k) % this.#files.length]!;
      const image = await this.#read(file);
      if (image) return render(image, file.name, stops);
    }
    throw this.#nothingUsable();
  }

  /** The decoded image, or undefined once it is reported. */
  async #read(file: ImageFile): Promise<PanoramaImage | undefined> {
    if (this.#skipped.has(file.path)) return undefined;
    const cached = this.#cache.get(file.path);
    if (cached) return cached;
    try {
      const image = await this.#decode(file.path, this.#height, file.mask);
      this.#cache.set(file.path, image);
      return image;
    } catch (error) {
      this.#skipped.set(file.path, { path: file.path, reason: (error as Error).message });
      return undefined;
    }
  }

  async #checkAll(): Promise<void> {
    const found = await Promise.all(
      this.#files.map(async (file) => await this.#read(file) !== undefined),
    );
    const usable = this.#files.filter((_, i) => found[i]);
    if (usable.length === 0) throw this.#nothingUsable();
    this.#files = usable;
  }

  #nothingUsable(): Error {
    const all = this.report;
    const shown = all.slice(0, 10).map(({ path, reason }) => `\n  ${path}: ${reason}`).join("");
    const more = all.length > 10 ? `\n  and ${all.length - 10} more` : "";
    return new Error(
      `Cannot use "${this.name}" as none of its ${all.length} images is usable:${shown}${more}`,
    );
  }
}
