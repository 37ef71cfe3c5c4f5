/**
 * Point clouds with colours as binary PLY (Turk 1994).
 *
 * @module
 */

/** Coloured points. */
export interface PointCloud {
  /** `[count, 3]` */
  readonly positions: Float32Array;
  /** `[count, 3]`, sRGB */
  readonly colors: Uint8Array;
}

const STRIDE = 15;

/**
 * Encode points.
 *
 * @param comments lines of the header
 */
export function encodePly(
  { positions, colors }: PointCloud,
  comments: readonly string[] = [],
): Uint8Array<ArrayBuffer> {
  const count = positions.length / 3;
  const header = new TextEncoder().encode([
    "ply",
    "format binary_little_endian 1.0",
    ...comments.map((text) => `comment ${text}`),
    `element vertex ${count}`,
    ...["x", "y", "z"].map((name) => `property float ${name}`),
    ...["red", "green", "blue"].map((name) => `property uchar ${name}`),
    "end_header",
    "",
  ].join("\n"));
  const out = new Uint8Array(header.length + count * STRIDE);
  out.set(header);
  const view = new DataView(out.buffer);
  for (let i = 0, at = header.length; i < count; i++, at += STRIDE) {
    for (let c = 0; c < 3; c++) {
      view.setFloat32(at + 4 * c, positions[3 * i + c]!, true);
      out[at + 12 + c] = colors[3 * i + c]!;
    }
  }
  return out;
}
