/** What every source of panoramas without depth looks like. */

/** A file that a source could not use. */
export interface SkippedFile {
  /** Its path, or its name in an embedded set. */
  readonly path: string;
  /** Why it was skipped. */
  readonly reason: string;
}

/** One panorama at the size the source was opened with. */
export interface Panorama {
  /** Path below the root, or embedded name. */
  readonly name: string;
  /** Pixels per row, twice the height. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** `[height, width, 4]` sRGB bytes; alpha is 255 where the pixel is valid, 0 where it is masked. */
  readonly rgba: Uint8Array<ArrayBuffer>;
  /** `[height, width]`, 1 valid and 0 masked; absent when every pixel is valid. */
  readonly mask?: Uint8Array<ArrayBuffer>;
}

/** A set of panoramas with random access. */
export interface PanoramaSource {
  /** The spec it was opened from. */
  readonly name: string;
  /** How many panoramas it holds. */
  readonly size: number;
  /** Names of the panoramas by index; of a large folder also those of files that turn out to be unusable. */
  readonly names: readonly string[];
  /** Files skipped so far; grows while a large folder is read for the first time. */
  readonly report: readonly SkippedFile[];
  /** What its user should know before training: how many of its images have a mask. */
  readonly notes: readonly string[];
  /**
   * One panorama.
   *
   * @param index in `[0, size)`
   * @param stops exposure change of a high-dynamic-range panorama; ordinary images ignore it
   * @throws {RangeError} if the index is outside
   * @throws {Error} if no file of the source is usable
   */
  get(index: number, stops?: number): Promise<Panorama>;
}

/** Throw a RangeError unless the index is one of the source's. */
export function checkIndex(source: { name: string; size: number }, index: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= source.size) {
    throw new RangeError(
      `Cannot get panorama ${index} of "${source.name}": its indices are 0 to ${source.size - 1}`,
    );
  }
}
