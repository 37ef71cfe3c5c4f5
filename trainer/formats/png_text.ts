/**
 * Text beside the pixels of a PNG: `tEXt` chunks (PNG specification, third edition, 11.3.3.2).
 *
 * @module
 */
import { crc32 } from "node:zlib";

/**
 * A PNG with texts, in front of its pixels.
 *
 * @param png a whole file
 * @param texts Latin-1 by keyword (1 to 79 characters)
 * @throws {RangeError} when a keyword or text does not fit such a chunk
 */
export function withPngText(
  png: Uint8Array,
  texts: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header = 8 + 25; // signature and IHDR
  const chunks = Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text));
  const size = chunks.reduce((sum, { length }) => sum + length, png.length);
  const out = new Uint8Array(size);
  out.set(png.subarray(0, header));
  let at = header;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  out.set(png.subarray(header), at);
  return out;
}

function textChunk(keyword: string, text: string): Uint8Array {
  if (!/^[\x20-\x7e]{1,79}$/.test(keyword) || !/^[\n\x20-\x7e\xa1-\xff]*$/.test(text)) {
    throw new RangeError(
      `Cannot write "${keyword}: ${text}" into a PNG: only Latin-1 texts with keywords of 1 to 79 characters fit`,
    );
  }
  const body = Uint8Array.from(`tEXt${keyword}\0${text}`, (letter) => letter.charCodeAt(0));
  const chunk = new Uint8Array(body.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, body.length - 4);
  chunk.set(body, 4);
  view.setUint32(4 + body.length, crc32(body));
  return chunk;
}
