import { deepEqual, equal, ok } from "node:assert/strict";
import { mendRinging } from "./mend_ringing.ts";
import { resizeLinear } from "./linear_resize.ts";

function image(width: number, height: number, value: (x: number, y: number, c: number) => number) {
  const rgb = new Float32Array(width * height * 3);
  for (let i = 0; i < rgb.length; i++) {
    rgb[i] = value(Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3);
  }
  return { width, height, rgb };
}

Deno.test("resizeLinear() keeps a constant, a ramp in y and the total light", () => {
  for (const [w, h] of [[8, 4], [6, 3], [32, 16], [64, 32]] as const) {
    const flat = resizeLinear(image(16, 8, () => 3), w, h);
    ok(flat.rgb.every((v) => Math.abs(v - 3) < 1e-5));
    const ramp = resizeLinear(image(16, 8, (_, y) => y + 0.5), w, h);
    for (let y = 0; y < h; y++) {
      const want = (y + 0.5) * 8 / h;
      if (want > 2 && want < 6) ok(Math.abs(ramp.rgb[y * w * 3]! - want) < 1e-5);
    }
    const sun = resizeLinear(image(16, 8, (x, y) => x === 0 && y === 4 ? 1000 : 1), w, h);
    const mean = sun.rgb.reduce((s, v) => s + v, 0) / sun.rgb.length;
    ok(Math.abs(mean - (1 + 999 / 128)) < 0.05 * mean || h === 3, `mean light is ${mean}`);
    ok(Math.min(...sun.rgb) > 0.99);
  }
});

Deno.test("resizeLinear() wraps columns: a rolled panorama gives a rolled result", () => {
  const wave = (x: number, y: number, c: number) => 2 + Math.sin(x * 0.7 + y + c);
  const plain = resizeLinear(image(16, 8, wave), 8, 4);
  const rolled = resizeLinear(image(16, 8, (x, y, c) => wave((x + 6) % 16, y, c)), 8, 4);
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 8; x++) {
      for (let c = 0; c < 3; c++) {
        const want = plain.rgb[(y * 8 + (x + 3) % 8) * 3 + c]!;
        ok(Math.abs(rolled.rgb[(y * 8 + x) * 3 + c]! - want) < 1e-6);
      }
    }
  }
});

Deno.test("resizeLinear() resizes alpha, and no light comes from what is transparent", () => {
  const alpha = Float32Array.from({ length: 16 * 8 }, (_, p) => p % 16 < 7 ? 1 : 0);
  const seen = (x: number) => x < 7;
  const small = resizeLinear({ ...image(16, 8, (x) => seen(x) ? 3 : 999), alpha }, 8, 4);
  ok(small.alpha![2]! > 0.99 && small.alpha![5] === 0, `${small.alpha}`);
  ok(small.alpha!.some((value) => value > 0.1 && value < 0.9));
  for (const [i, value] of small.rgb.entries()) {
    ok(Math.abs(value - (small.alpha![Math.floor(i / 3)]! > 0 ? 3 : 0)) < 1e-5, `${value}`);
  }
});

Deno.test("mendRinging() fills holes from their border and leaves sound pixels alone", () => {
  const hole = image(8, 4, (x, y) => (x + 1) % 8 < 3 && y > 0 && y < 3 ? -1 : 5); // across the seam
  const { rgb } = mendRinging(hole);
  ok(rgb.every((v) => Math.abs(v - 5) < 1e-5));
  const sound = image(8, 4, (x) => x + 1);
  equal(mendRinging(sound), sound);
  const dark = image(8, 4, () => 0);
  deepEqual(mendRinging(dark), dark);
});
