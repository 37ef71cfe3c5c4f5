/** `folder:PATH`: a user's own panoramas. */

import { decoding } from "./decoding.ts";
import { ImageCache } from "./image_cache.ts";
import { readPanorama } from "./image_file.ts";
import { IMAGE_ENDINGS } from "./open_image.ts";
import type { PanoramaImage } from "./panorama_image.ts";
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

/** An image of the folder. */
interface ImageFile {
  /** Path below the root, `/` between folders. */
  readonly name: string;
  readonly path: string;
  readonly mask?: string;
}

/**
 * All images below a folder in the order of their paths. Masks are `NAME_mask.png` beside an image or files of the
 * same path below `@masks=DIR`; white is valid. Unusable images are reported and skipped: asked for one, the source
 * gives the next usable one instead, so that an index always means the same panorama while the files stay.
 */
export class FolderSource implements PanoramaSource {
  readonly name: string;
  readonly #height: number;
  readonly #cache: ImageCache;
  readonly #skipped = new Map<string, SkippedFile>();
  #files: readonly ImageFile[];

  private constructor(
    name: string,
    height: number,
    files: readonly ImageFile[],
    cacheBytes: number,
  ) {
    this.#cache = new ImageCache(cacheBytes);
    this.name = name;
    this.#height = height;
    this.#files = files;
  }

  /**
   * List a folder, and decode it when it is small.
   *
   * @param spec `folder:PATH[@masks=DIR]`
   * @param height rows to resize to
   * @param cacheBytes decoded images to keep in memory
   * @throws {Error} if the folder or the mask folder cannot be read, holds no image, or none that is usable
   */
  static async open(
    spec: SourceSpec,
    height: number,
    cacheBytes: number = CACHE_BYTES,
  ): Promise<FolderSource> {
    const files = await listImages(spec);
    const source = new FolderSource(spec.text, height, files, cacheBytes);
    if (files.length <= CHECKED_WHEN_OPENED) await source.#checkAll();
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
      if (image) return image.render(file.name, stops);
    }
    throw this.#nothingUsable();
  }

  /** The decoded image, or undefined once it is reported. */
  async #read(file: ImageFile): Promise<PanoramaImage | undefined> {
    if (this.#skipped.has(file.path)) return undefined;
    const cached = this.#cache.get(file.path);
    if (cached) return cached;
    try {
      const image = await decoding(readPanorama, file.path, this.#height, file.mask);
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

async function listImages(spec: SourceSpec): Promise<ImageFile[]> {
  const root = spec.root!.replace(/(?<=.)\/+$/, "");
  const names = await listNames(root, spec.text);
  const masks = spec.options.masks === undefined ? undefined : await maskFinder(spec);
  const files: ImageFile[] = [];
  const all = new Set(names);
  for (const name of names) {
    if (!isImage(name) || isMask(name)) continue;
    const beside = `${stem(name)}_mask.png`;
    const mask = masks ? masks(name) : all.has(beside) ? `${root}/${beside}` : undefined;
    files.push(
      mask === undefined
        ? { name, path: `${root}/${name}` }
        : { name, path: `${root}/${name}`, mask },
    );
  }
  if (files.length === 0) {
    throw new Error(
      `Cannot use "${spec.text}" as the folder holds no image: it has ${names.length} files; ` +
        `images end in ${IMAGE_ENDINGS.join(", ")}`,
    );
  }
  return files;
}

/** From an image's name to its mask's path, whatever the endings; undefined when it has none. */
async function maskFinder(spec: SourceSpec): Promise<(name: string) => string | undefined> {
  const root = spec.options.masks!.replace(/(?<=.)\/+$/, "");
  const paths = new Map<string, string>();
  for (const name of await listNames(root, spec.text)) {
    if (isImage(name)) paths.set(stem(name), `${root}/${name}`);
  }
  return (name) => paths.get(stem(name)) ?? paths.get(`${stem(name)}_mask`);
}

/** Files below a folder, hidden ones left out, sorted by code unit. */
async function listNames(root: string, text: string): Promise<string[]> {
  const names: string[] = [];
  async function walk(below: string): Promise<void> {
    for await (const entry of Deno.readDir(`${root}/${below}`)) {
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory) await walk(`${below}${entry.name}/`);
      else names.push(below + entry.name);
    }
  }
  try {
    await walk("");
  } catch (error) {
    throw new Error(
      `Cannot open "${text}" as the folder "${root}" cannot be read: ${(error as Error).message}`,
    );
  }
  return names.sort();
}

function isImage(name: string): boolean {
  return IMAGE_ENDINGS.includes(name.slice(name.lastIndexOf(".") + 1).toLowerCase());
}

function isMask(name: string): boolean {
  return stem(name).endsWith("_mask");
}

function stem(name: string): string {
  return name.slice(0, name.lastIndexOf("."));
}
