import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { zlibSync } from "fflate";
import { decodeExr, decodeRadiance } from "./hdr_image.ts";

/** An EXR file laid out by hand: scanlines, R G B and perhaps A, `half` or float, uncompressed or ZIPS. */
function exr(
  width: number,
  height: number,
  pixels: Float32Array,
  half: boolean,
  zip: boolean,
): Uint8Array {
  const names = pixels.length === width * height * 4 ? "ABGR" : "BGR"; // in the order of the alphabet
  const bytes: number[] = [0x76, 0x2f, 0x31, 0x01, 2, 0, 0, 0];
  const text = (s: string) => bytes.push(...new TextEncoder().encode(s), 0);
  const u32 = (...values: number[]) =>
    bytes.push(...new Uint8Array(Uint32Array.from(values).buffer));
  const attribute = (name: string, type: string, size: number, write: () => void) => {
    text(name);
    text(type);
    u32(size);
    write();
  };
  attribute("channels", "chlist", names.length * 18 + 1, () => {
    for (const name of names) {
      text(name);
      u32(half ? 1 : 2, 0, 1, 1);
    }
    bytes.push(0);
  });
  attribute("compression", "compression", 1, () => bytes.push(zip ? 2 : 0));
  for (const name of ["dataWindow", "displayWindow"]) {
    attribute(name, "box2i", 16, () => u32(0, 0, width - 1, height - 1));
  }
  attribute("lineOrder", "lineOrder", 1, () => bytes.push(0));
  attribute("pixelAspectRatio", "float", 4, () => u32(0x3f800000));
  attribute("screenWindowCenter", "v2f", 8, () => u32(0, 0));
  attribute("screenWindowWidth", "float", 4, () => u32(0x3f800000));
  bytes.push(0);
  const rows = Array.from({ length: height }, (_, y) => {
    const row: number[] = [];
    for (const name of names) {
      const c = "RGBA".indexOf(name);
      const channel = Float32Array.from(
        { length: width },
        (_, x) => pixels[(y * width + x) * names.length + c]!,
      );
      row.push(...new Uint8Array(half ? new Float16Array(channel).buffer : channel.buffer));
    }
    return zip ? zipped(Uint8Array.from(row)) : Uint8Array.from(row);
  });
  let offset = bytes.length + 8 * height;
  for (const row of rows) {
    u32(offset, 0);
    offset += 8 + row.length;
  }
  for (const [y, row] of rows.entries()) {
    u32(y, row.length);
    bytes.push(...row);
  }
  return Uint8Array.from(bytes);
}

/** OpenEXR's ZIP: even bytes, then odd ones, as differences plus 128. */
function zipped(row: Uint8Array): Uint8Array {
  const split = Uint8Array.from([
    ...row.filter((_, i) => i % 2 === 0),
    ...row.filter((_, i) => i % 2 === 1),
  ]);
  return zlibSync(split.map((v, i) => i === 0 ? v : v - split[i - 1]! + 128));
}

Deno.test("decodeExr() reads half and float, plain and zipped, top row first, and cleans broken pixels", () => {
  const rgb = Float32Array.from({ length: 16 * 8 * 3 }, (_, i) => i / 16);
  for (const half of [false, true]) {
    for (const zip of [false, true]) {
      const image = decodeExr(exr(16, 8, rgb, half, zip));
      deepEqual([image.width, image.height], [16, 8]);
      deepEqual(image.rgb, rgb);
    }
  }
  const broken = decodeExr(
    exr(2, 1, Float32Array.of(NaN, -1, Infinity, 1, 2, 3), false, false),
  );
  deepEqual(broken.rgb, Float32Array.of(0, 0, 65504, 1, 2, 3));
});

Deno.test("decodeExr() takes light out of alpha, and gives no alpha where all is there", () => {
  const pixels = [[1, 2, 4, 0.5], [3, 3, 3, 1], [0, 0, 0, 0], [5, 5, 5, NaN]].flat();
  const { rgb, alpha } = decodeExr(exr(4, 1, Float32Array.from(pixels), false, false));
  deepEqual(rgb, Float32Array.of(2, 4, 8, 3, 3, 3, 0, 0, 0, 5, 5, 5));
  deepEqual(alpha, Float32Array.of(0.5, 1, 0, 0));
  const whole = decodeExr(exr(4, 1, new Float32Array(16).fill(1), true, false));
  equal(whole.alpha, undefined);
});

Deno.test("decodeExr() says that a file is torn or of a kind that is not read", () => {
  const good = exr(16, 8, new Float32Array(16 * 8 * 3), false, false);
  throws(
    () => decodeExr(good.subarray(0, good.length >> 1)),
    /^SyntaxError: it is damaged or cut off \([^/"]+\)$/,
  );
  const red = good.indexOf("R".charCodeAt(0));
  throws(
    () => decodeExr(good.with(red, "Q".charCodeAt(0))),
    /^SyntaxError: it is of a kind that is not read \(.+ channels\.\): save it as scanlines of R, G and B/,
  );
});

Deno.test("decodeRadiance() reads RGBE pixels", () => {
  const head = new TextEncoder().encode("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 2\n");
  const pixels = [128, 64, 32, 129, 255, 0, 0, 128]; // mantissa / 256 * 2 ** (exponent - 128)
  const { width, height, rgb } = decodeRadiance(Uint8Array.from([...head, ...pixels]));
  deepEqual([width, height], [2, 1]);
  for (const [i, want] of [1, 0.5, 0.25, 255 / 256, 0, 0].entries()) {
    ok(Math.abs(rgb[i]! - want) < 0.005, `${rgb}`);
  }
  equal(rgb.length, 6);
  throws(
    () => decodeRadiance(head.subarray(0, 20)),
    /^SyntaxError: it is damaged or cut off \(Bad File Format: missing format specifier\)$/,
  );
});

/** A Radiance file of one grey: four bytes a pixel, or each row as four runs. */
function radiance(width: number, height: number, runs: boolean): Uint8Array {
  const head = new TextEncoder().encode(
    `#?RADIANCE\n# made by hand\nFORMAT=32-bit_rle_rgbe\n\n-Y ${height} +X ${width}\n`,
  );
  const literal = (value: number) => [width, ...new Array<number>(width).fill(value)];
  const repeat = (value: number) => [128 + width, value];
  const row = runs
    ? [2, 2, 0, width, ...repeat(90), ...literal(90), ...repeat(90), ...literal(129)]
    : new Array(width).fill([90, 90, 90, 129]).flat();
  return Uint8Array.from([...head, ...new Array(height).fill(row).flat()]);
}

for (const [what, width, runs] of [["flat", 4, false], ["run-length", 16, true]] as const) {
  Deno.test(`decodeRadiance() refuses a ${what} file wherever its pixels are cut off`, () => {
    const whole = radiance(width, 3, runs);
    const { rgb } = decodeRadiance(whole);
    ok(rgb.every((value) => value > 0.5), `${rgb}`);
    const header = whole.lastIndexOf(10) + 1;
    const refused = (length: number, says: RegExp) =>
      throws(() => decodeRadiance(whole.subarray(0, length)), says);
    for (let length = header; length < whole.length; length++) refused(length, /^SyntaxError/);
    const row = (whole.length - header) / 3;
    for (const [i, length] of [header, header + 2 * row - 1, whole.length - 1].entries()) {
      refused(length, new RegExp(`it is cut off: row ${i + 1} of 3 is not whole$`));
    }
  });
}
