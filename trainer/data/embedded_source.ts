/** `panoramas`: the embedded CC0 set. */

import { decodeExr } from "../formats/hdr_image.ts";
import { decoding } from "./decoding.ts";
import { EMBEDDED, embeddedBytes, type EmbeddedPanorama } from "./embedded_panoramas.ts";
import { resizeLinear } from "./linear_resize.ts";
import { mendRinging } from "./mend_ringing.ts";
import { exposedImage, type PanoramaImage, render } from "./panorama_image.ts";
import {
  checkIndex,
  type Panorama,
  type PanoramaSource,
  type SkippedFile,
} from "./panorama_source.ts";
import type { SourceSpec } from "./spec.ts";

/** The embedded panoramas of one split, kept in memory as linear light; every pixel is valid. */
export class EmbeddedSource implements PanoramaSource {
  readonly name: string;
  readonly report: readonly SkippedFile[] = [];
  readonly notes: readonly string[] = [];
  readonly #height: number;
  readonly #panoramas: readonly EmbeddedPanorama[];
  readonly #images = new Map<string, Promise<PanoramaImage>>();

  /**
   * Choose the panoramas of a split; each is decoded when first asked for.
   *
   * @param spec `panoramas[@split=train|val|all]`; train when absent
   * @param height rows to resize to; they are 256 rows high
   * @throws {RangeError} if the split is unknown
   */
  constructor(spec: SourceSpec, height: number) {
    const split = spec.options.split ?? "train";
    if (!["train", "val", "all"].includes(split)) {
      throw new RangeError(
        `Cannot open source "${spec.text}" as its split is "${split}": known are train, val, all`,
      );
    }
    this.name = spec.text;
    this.#height = height;
    this.#panoramas = EMBEDDED.filter((panorama) => split === "all" || panorama.split === split);
  }

  get size(): number {
    return this.#panoramas.length;
  }

  get names(): readonly string[] {
    return this.#panoramas.map(({ name }) => name);
  }

  async get(index: number, stops = 0): Promise<Panorama> {
    checkIndex(this, index);
    const panorama = this.#panoramas[index]!;
    let image = this.#images.get(panorama.name);
    if (!image) {
      image = decoding(() => this.#decode(panorama));
      this.#images.set(panorama.name, image);
    }
    return render(await image, panorama.name, stops);
  }

  async #decode(panorama: EmbeddedPanorama): Promise<PanoramaImage> {
    const bytes = await embeddedBytes(panorama);
    try {
      return exposedImage(
        resizeLinear(mendRinging(decodeExr(bytes)), 2 * this.#height, this.#height),
      );
    } catch (error) {
      throw new Error(
        `Cannot decode the embedded panorama "${panorama.name}" as ${(error as Error).message}`,
        { cause: error },
      );
    }
  }
}
