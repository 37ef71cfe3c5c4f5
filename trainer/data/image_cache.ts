/** Decoded panoramas kept in memory, least recently used out first. */

import type { PanoramaImage } from "./panorama_image.ts";

/** A cache with a limit in bytes; an image above the limit is not kept. */
export class ImageCache {
  readonly #limit: number;
  readonly #images = new Map<string, PanoramaImage>(); // a Map keeps the order of insertion
  #bytes = 0;

  /** Start empty; `limit` is in bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The image of that key, now the most recently used. */
  get(key: string): PanoramaImage | undefined {
    const image = this.#images.get(key);
    if (image) {
      this.#images.delete(key);
      this.#images.set(key, image);
    }
    return image;
  }

  /** Keep an image, dropping others until it fits. */
  set(key: string, image: PanoramaImage): void {
    this.#drop(key);
    if (image.bytes > this.#limit) return;
    for (const oldest of this.#images.keys()) {
      if (this.#bytes + image.bytes <= this.#limit) break;
      this.#drop(oldest);
    }
    this.#images.set(key, image);
    this.#bytes += image.bytes;
  }

  #drop(key: string): void {
    this.#bytes -= this.#images.get(key)?.bytes ?? 0;
    this.#images.delete(key);
  }
}
