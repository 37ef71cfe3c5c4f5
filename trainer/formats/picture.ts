/** Pictures for people: tiles of colour, depth and masks, and sheets of them with captions. */

import { DEPTH_COLORS, NO_VALUE } from "./color_map.ts";
import { drawText, GLYPH_ADVANCE, GLYPH_HEIGHT } from "./pixel_font.ts";

/** A picture in memory. */
export interface Tile {
  /** Pixels per row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** `[height, width, 3]` sRGB bytes. */
  readonly rgb: Uint8Array<ArrayBuffer>;
  /** Written above the tile in a sheet. */
  readonly caption?: string;
}

/**
 * Colours from bytes, or from floats in [0, 1].
 *
 * @param data `[height, width, channels]`; with 4 channels the last is ignored
 */
export function colorTile(
  data: Uint8Array | Float32Array,
  width: number,
  height: number,
  caption?: string,
): Tile {
  const channels = channelsOf(data.length, width, height, [3, 4]);
  const scale = data instanceof Float32Array ? 255 : 1;
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) {
      rgb[i * 3 + c] = Math.round(Math.min(255, Math.max(0, data[i * channels + c]! * scale)));
    }
  }
  return tile(width, height, rgb, caption);
}

/** How to colour values. */
export interface DepthColoring {
  /** `[height, width]`, 0 where there is no value. */
  readonly mask?: ArrayLike<number>;
  /** Value of the darkest colour; the 2nd percentile when absent. */
  readonly low?: number;
  /** Value of the brightest colour; the 98th percentile when absent. */
  readonly high?: number;
  /** Written above the tile. */
  readonly caption?: string;
}

/**
 * Disparity as colours, near warm and bright.
 *
 * @param disparity `[height, width]`, larger is nearer; NaN and infinite have no colour
 */
export function disparityTile(
  disparity: ArrayLike<number>,
  width: number,
  height: number,
  coloring: DepthColoring = {},
): Tile {
  channelsOf(disparity.length, width, height, [1]);
  const valid = (i: number) =>
    Number.isFinite(disparity[i]) && (!coloring.mask || coloring.mask[i]! > 0);
  const [low, high] = range(disparity, valid, coloring);
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const t = high > low ? (disparity[i]! - low) / (high - low) : 0.5;
    const at = 3 * Math.round(255 * Math.min(1, Math.max(0, t)));
    rgb.set(valid(i) ? DEPTH_COLORS.subarray(at, at + 3) : NO_VALUE, i * 3);
  }
  return tile(width, height, rgb, coloring.caption);
}

/**
 * Distance in metres as colours: drawn as its inverse, so that it compares with disparities. Zero has no colour.
 *
 * @param distance `[height, width]`, metres
 */
export function distanceTile(
  distance: ArrayLike<number>,
  width: number,
  height: number,
  coloring: DepthColoring = {},
): Tile {
  return disparityTile(
    Float32Array.from(distance, (d) => d > 0 ? 1 / d : NaN),
    width,
    height,
    coloring,
  );
}

/** A mask, white where valid. */
export function maskTile(
  mask: ArrayLike<number>,
  width: number,
  height: number,
  caption?: string,
): Tile {
  channelsOf(mask.length, width, height, [1]);
  const rgb = Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => mask[Math.floor(i / 3)]! > 0 ? 255 : 0,
  );
  return tile(width, height, rgb, caption);
}

/**
 * A tile at another width, its height in proportion: each pixel is the nearest, so that small maps stay sharp.
 *
 * @param width pixels per row
 */
export function enlarge(small: Tile, width: number): Tile {
  const height = Math.round(small.height * width / small.width);
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y * small.height / height) * small.width;
    for (let x = 0; x < width; x++) {
      const from = (row + Math.floor(x * small.width / width)) * 3;
      rgb.set(small.rgb.subarray(from, from + 3), (y * width + x) * 3);
    }
  }
  return tile(width, height, rgb, small.caption);
}

/** How a sheet is laid out. */
export interface SheetOptions {
  /** Pixels between tiles; 4 when absent. */
  readonly gap?: number;
}

/**
 * Rows of tiles on a dark ground, columns aligned, captions above the tiles. Captions are cut at their column's end.
 *
 * @param rows tiles of any sizes
 */
export function contactSheet(rows: readonly (readonly Tile[])[], options: SheetOptions = {}): Tile {
  const { gap = 4 } = options;
  const line = GLYPH_HEIGHT + 3;
  const widths: number[] = [];
  for (const row of rows) row.forEach((t, i) => widths[i] = Math.max(widths[i] ?? 0, t.width));
  const heights = rows.map((row) =>
    Math.max(0, ...row.map((t) => t.height)) + (row.some((t) => t.caption !== undefined) ? line : 0)
  );
  const sum = (sizes: readonly number[]) => sizes.reduce((n, size) => n + size + gap, gap);
  const [width, height] = [sum(widths), sum(heights)];
  const sheet = tile(width, height, new Uint8Array(width * height * 3).fill(24), undefined);
  let top = gap;
  for (const [r, row] of rows.entries()) {
    let left = gap;
    const captions = row.some((t) => t.caption !== undefined) ? line : 0;
    for (const [c, t] of row.entries()) {
      if (t.caption !== undefined) write(sheet, t.caption, left, top, widths[c]!);
      paste(sheet, t, left, top + captions);
      left += widths[c]! + gap;
    }
    top += heights[r]! + gap;
  }
  return sheet;
}

function tile(
  width: number,
  height: number,
  rgb: Uint8Array<ArrayBuffer>,
  caption: string | undefined,
): Tile {
  return caption === undefined ? { width, height, rgb } : { width, height, rgb, caption };
}

function channelsOf(
  length: number,
  width: number,
  height: number,
  allowed: readonly number[],
): number {
  const channels = length / (width * height);
  if (allowed.includes(channels)) return channels;
  throw new TypeError(
    `Cannot draw ${width}x${height} pixels as the data has ${length} values: expected ${
      allowed.join(" or ")
    } per pixel`,
  );
}

/** The values that get the darkest and the brightest colour. */
function range(
  values: ArrayLike<number>,
  valid: (i: number) => boolean,
  { low, high }: DepthColoring,
): [number, number] {
  if (low !== undefined && high !== undefined) return [low, high];
  const sorted = new Float64Array(Array.from(values).filter((_, i) => valid(i))).sort();
  const at = (q: number) => sorted[Math.round(q * (sorted.length - 1))] ?? 0;
  return [low ?? at(0.02), high ?? at(0.98)];
}

function paste(sheet: Tile, { rgb, width, height }: Tile, left: number, top: number): void {
  for (let y = 0; y < height; y++) {
    sheet.rgb.set(
      rgb.subarray(y * width * 3, (y + 1) * width * 3),
      ((top + y) * sheet.width + left) * 3,
    );
  }
}

function write(sheet: Tile, text: string, left: number, top: number, room: number): void {
  const most = Math.floor(room / GLYPH_ADVANCE);
  drawText([...text].slice(0, most).join(""), (x, y) => {
    const at = ((top + y) * sheet.width + left + x) * 3;
    sheet.rgb.fill(230, at, at + 3);
  });
}
