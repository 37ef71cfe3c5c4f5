/** Pictures of scenes for people: panoramas with their depth maps, as one PNG. */
import { Buffer } from "node:buffer";
import sharp from "sharp";
import type { RoomImages } from "./renderer.ts";

/** Bytes RGB of one image of a batch. */
export function rgbBytes(images: RoomImages, n: number, pixels: number): Uint8Array {
  const out = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) {
      out[i * 3 + c] = Math.round(255 * images.rgb[(n * pixels + i) * 4 + c]!);
    }
  }
  return out;
}

/** Distance as colour: near is light and warm, far is dark and blue, invalid is black. Logarithmic from 0.5 m to the range. */
export function depthBytes(
  images: RoomImages,
  n: number,
  pixels: number,
  range: number,
): Uint8Array {
  const out = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) {
    const z = images.distance[n * pixels + i]!;
    if (z <= 0) continue;
    const t = Math.min(1, Math.max(0, Math.log(z / 0.5) / Math.log(range / 0.5)));
    out[i * 3] = 255 * Math.min(1, Math.max(0, 1.6 - 1.9 * t));
    out[i * 3 + 1] = 255 * Math.min(1, Math.max(0.06, 1.05 - 1.1 * t));
    out[i * 3 + 2] = 255 *
      Math.min(1, Math.max(0, 0.25 + 0.75 * Math.sin(Math.PI * Math.min(1, t + 0.1))));
  }
  return out;
}

/** Put equally sized RGB tiles into a grid and encode it: PNG with a palette. */
export async function writeSheet(
  path: string,
  tiles: readonly Uint8Array[],
  width: number,
  height: number,
  columns: number,
  colours = 128,
): Promise<void> {
  const rows = Math.ceil(tiles.length / columns);
  const gap = 2;
  const sheet = sharp({
    create: {
      width: columns * (width + gap) - gap,
      height: rows * (height + gap) - gap,
      channels: 3,
      background: { r: 24, g: 24, b: 24 },
    },
  }).composite(tiles.map((tile, i) => ({
    input: Buffer.from(tile.buffer, tile.byteOffset, tile.byteLength),
    raw: { width, height, channels: 3 as const },
    left: (i % columns) * (width + gap),
    top: Math.floor(i / columns) * (height + gap),
  })));
  await sheet.png({ palette: true, colours, dither: 0.6, effort: 8 }).toFile(path);
}
