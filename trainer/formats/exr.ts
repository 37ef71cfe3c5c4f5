/**
 * OpenEXR images of one float channel, ZIP-compressed scanlines (OpenEXR file layout, version 2). Readers: every EXR tool; three
 * reads them too, but its writer knows four channels only.
 *
 * @module
 */
import { zlibSync } from "fflate";

/** Rows of a ZIP block. */
const BLOCK_ROWS = 16;
const ZIP = 3;
const FLOAT = 2;

/**
 * Encode one channel.
 *
 * @param values `[height, width]`, row 0 on top; NaN and infinite are kept
 * @param channel its name; `Y` is what readers show as grey
 * @param texts attributes of type string, by name (1 to 31 characters)
 */
export function encodeExr(
  values: Float32Array,
  { width, height }: { readonly width: number; readonly height: number },
  { channel = "Y", texts = {} }: {
    readonly channel?: string;
    readonly texts?: Readonly<Record<string, string>>;
  } = {},
): Uint8Array<ArrayBuffer> {
  if (values.length !== width * height) {
    throw new RangeError(`Cannot write ${values.length} values as EXR of ${width}x${height}`);
  }
  const header = headerOf(width, height, channel, texts);
  const blocks: Uint8Array[] = [];
  for (let row = 0; row < height; row += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, height - row);
    const raw = new Float32Array(values.subarray(row * width, (row + rows) * width));
    const bytes = new Uint8Array(raw.buffer);
    const packed = zlibSync(predicted(bytes), { level: 6 });
    const body = packed.length < bytes.length ? packed : bytes; // incompressible blocks stay as they are
    const block = new Uint8Array(8 + body.length);
    const view = new DataView(block.buffer);
    view.setInt32(0, row, true);
    view.setInt32(4, body.length, true);
    block.set(body, 8);
    blocks.push(block);
  }
  const start = header.length + 8 * blocks.length;
  const out = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, start));
  out.set(header);
  const view = new DataView(out.buffer);
  let at = start;
  blocks.forEach((block, i) => {
    view.setBigUint64(header.length + 8 * i, BigInt(at), true);
    out.set(block, at);
    at += block.length;
  });
  return out;
}

/** Low bytes first, high ones after, then differences: what ZIP blocks hold (ImfZip.cpp). */
function predicted(bytes: Uint8Array): Uint8Array {
  const half = (bytes.length + 1) >> 1;
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[(i & 1 ? half : 0) + (i >> 1)] = bytes[i]!;
  for (let i = out.length - 1; i > 0; i--) out[i] = out[i]! - out[i - 1]! + 384;
  return out;
}

function headerOf(
  width: number,
  height: number,
  channel: string,
  texts: Readonly<Record<string, string>>,
): Uint8Array {
  const encoder = new TextEncoder();
  const bytes: number[] = [0x76, 0x2f, 0x31, 0x01, 2, 0, 0, 0]; // magic, version 2: one part, scanlines
  const text = (value: string) => [...encoder.encode(value), 0];
  const int = (value: number) => [...new Uint8Array(Int32Array.of(value).buffer)];
  const float = (value: number) => [...new Uint8Array(Float32Array.of(value).buffer)];
  const attribute = (name: string, type: string, value: number[]): void => {
    bytes.push(...text(name), ...text(type), ...int(value.length), ...value);
  };
  const window = [...int(0), ...int(0), ...int(width - 1), ...int(height - 1)];
  const sampling = [...int(1), ...int(1)];
  attribute("channels", "chlist", [...text(channel), ...int(FLOAT), 0, 0, 0, 0, ...sampling, 0]);
  attribute("compression", "compression", [ZIP]);
  attribute("dataWindow", "box2i", window);
  attribute("displayWindow", "box2i", window);
  attribute("lineOrder", "lineOrder", [0]); // increasing y
  attribute("pixelAspectRatio", "float", float(1));
  attribute("screenWindowCenter", "v2f", [...float(0), ...float(0)]);
  attribute("screenWindowWidth", "float", float(1));
  for (const [name, value] of Object.entries(texts)) {
    attribute(name, "string", [...encoder.encode(value)]);
  }
  return Uint8Array.from([...bytes, 0]);
}
