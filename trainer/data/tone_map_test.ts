import { deepEqual, equal, ok } from "node:assert/strict";
import { meter, toneMap } from "./tone_map.ts";

/** A grey gradient of 1 : 4096 along a row, same on every row. */
function gradient(gain: number) {
  const [width, height] = [64, 32];
  const rgb = new Float32Array(width * height * 3);
  for (let i = 0; i < rgb.length; i++) {
    rgb[i] = gain * 2 ** (12 * ((Math.floor(i / 3) % width) / 63) - 8);
  }
  return { width, height, rgb };
}

Deno.test("toneMap() does not depend on the units of the light", () => {
  const pictures = [1, 1000].map((gain) => toneMap(gradient(gain), meter(gradient(gain)), 0));
  for (let i = 0; i < pictures[0]!.length; i++) {
    ok(Math.abs(pictures[0]![i]! - pictures[1]![i]!) <= 1);
  }
});

Deno.test("toneMap() rises with light and with exposure, and keeps alpha", () => {
  const image = gradient(1);
  const rows = [-1, 0, 1].map((stops) => toneMap(image, meter(image), stops).subarray(0, 64 * 4));
  for (const row of rows) {
    for (let x = 1; x < 64; x++) ok(row[x * 4]! >= row[x * 4 - 4]!);
    equal(row[3], 255);
  }
  for (let x = 0; x < 64; x++) {
    ok(rows[0]![x * 4]! <= rows[1]![x * 4]! && rows[1]![x * 4]! <= rows[2]![x * 4]!);
  }
  const middle = rows[1]![32 * 4]!;
  ok(middle > 100 && middle < 140, `the metered middle is ${middle}`); // 18 % grey is 118
});

Deno.test("toneMap() keeps alpha, and meter() leaves out what is transparent", () => {
  const image = gradient(1);
  const alpha = Float32Array.from({ length: 64 * 32 }, (_, p) => p % 64 < 32 ? 1 : 0.25);
  const rgb = image.rgb.map((value, i) => alpha[Math.floor(i / 3)] === 1 ? value : 1e4);
  const dimmed = image.rgb.map((value, i) => alpha[Math.floor(i / 3)] === 1 ? value : 0);
  const metering = meter({ ...image, rgb, alpha });
  deepEqual(metering, meter({ ...image, rgb: dimmed })); // black counts as little
  const out = toneMap({ ...image, rgb, alpha }, metering, 0);
  deepEqual([out[3], out[63 * 4 + 3]], [255, 64]);
});

Deno.test("meter() and toneMap() give black for a panorama without light", () => {
  const dark = { width: 4, height: 2, rgb: new Float32Array(24) };
  deepEqual(meter(dark), { middle: 1, bright: 1 });
  ok(toneMap(dark, meter(dark), 0).every((v, i) => v === (i % 4 === 3 ? 255 : 0)));
});
