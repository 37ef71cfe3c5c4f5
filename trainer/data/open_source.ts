/** From specs to sources. */

import { EmbeddedSource } from "./embedded_source.ts";
import { type FolderOptions, FolderSource } from "./folder_source.ts";
import {
  checkIndex,
  type Panorama,
  type PanoramaSource,
  type SkippedFile,
} from "./panorama_source.ts";
import { parseSpec } from "./spec.ts";

/**
 * Open a source of panoramas without depth.
 *
 * @param text `panoramas[@split=…]` or `folder:PATH[@masks=DIR]`
 * @param height rows to resize to; the width is twice that
 * @param options of folders
 * @throws {SyntaxError | RangeError} as {@link parseSpec}; {Error} if it holds nothing usable
 */
export async function openSource(
  text: string,
  height: number,
  options: FolderOptions = {},
): Promise<PanoramaSource> {
  const spec = parseSpec(text);
  if (spec.name === "panoramas") return new EmbeddedSource(spec, height);
  if (spec.name === "folder") return await FolderSource.open(spec, height, options);
  throw new RangeError(
    `Cannot open "${text}" as a source of images: "${spec.name}" are rendered on the GPU, not read from files`,
  );
}

/** Several sources one after the other, as one. */
export class JoinedSource implements PanoramaSource {
  readonly name: string;
  readonly #sources: readonly PanoramaSource[];

  /** Join sources; indices count through them in order. */
  constructor(sources: readonly PanoramaSource[]) {
    this.name = sources.map((source) => source.name).join(" + ");
    this.#sources = sources;
  }

  get size(): number {
    return this.#sources.reduce((n, source) => n + source.size, 0);
  }

  get names(): readonly string[] {
    return this.#sources.flatMap((source) => source.names);
  }

  get report(): readonly SkippedFile[] {
    return this.#sources.flatMap((source) => source.report);
  }

  get notes(): readonly string[] {
    return this.#sources.flatMap((source) => source.notes);
  }

  async get(index: number, stops = 0): Promise<Panorama> {
    checkIndex(this, index);
    let rest = index;
    for (const source of this.#sources) {
      if (rest < source.size) return await source.get(rest, stops);
      rest -= source.size;
    }
    throw new RangeError(`Cannot get panorama ${index} of "${this.name}"`); // checkIndex() leaves none
  }
}
