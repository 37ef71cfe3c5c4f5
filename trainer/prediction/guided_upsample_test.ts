import { deepEqual, ok } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { guidedUpsample, luminance } from "./guided_upsample.ts";
import { whole } from "./placement.ts";

const HEIGHT = 16;
const COARSE = 2 * HEIGHT * HEIGHT;

/** A coarse map of functions of longitude and latitude, 0..1 each. */
function coarse(value: (u: number, v: number) => number, light: (u: number, v: number) => number) {
  const at = (f: typeof value) =>
    Float32Array.from(
      { length: COARSE },
      (_, p) => f((p % 32 + 0.5) / 32, (Math.floor(p / 32) + 0.5) / HEIGHT),
    );
  return { height: HEIGHT, values: at(value), luminance: at(light) };
}

function guide(width: number, height: number, light: (u: number, v: number) => number) {
  return Float32Array.from(
    { length: width * height },
    (_, p) => light((p % width + 0.5) / width, (Math.floor(p / width) + 0.5) / height),
  );
}

Deno.test("guidedUpsample() gives the coarse values at the network's own size", () => {
  const map = coarse((u, v) => u + v, () => 0);
  const size = { width: 32, height: HEIGHT };
  deepEqual(guidedUpsample(map, guide(32, 16, () => 0.3), size, whole(size)), map.values);
});

Deno.test("guidedUpsample() keeps an object's edge where the picture has it", () => {
  const near = (u: number): boolean => u > 0.26 && u < 0.7; // between two coarse columns
  const map = coarse((u) => near(u) ? 5 : 1, (u) => near(u) ? 0.8 : 0.2);
  const size = { width: 256, height: 128 };
  const fine = guidedUpsample(map, guide(256, 128, (u) => near(u) ? 0.8 : 0.2), size, whole(size));
  const wrong = fine.filter((value, p) =>
    Math.abs(value - (near((p % 256 + 0.5) / 256) ? 5 : 1)) > 0.1
  );
  deepEqual(wrong.length, 0);
  const plain = guidedUpsample(
    { ...map, luminance: new Float32Array(COARSE) },
    new Float32Array(256 * 128),
    size,
    whole(size),
  );
  ok(plain.some((value) => value > 2 && value < 4)); // without the picture it blurs
});

Deno.test("guidedUpsample() follows smooth maps, and its left and right edge agree", () => {
  const wave = (u: number, v: number): number =>
    3 + Math.sin(2 * Math.PI * u + 1) * Math.sin(Math.PI * v);
  const size = { width: 200, height: 100 };
  const fine = guidedUpsample(
    coarse(wave, () => 0.5),
    guide(200, 100, () => 0.5),
    size,
    whole(size),
  );
  assertClose(fine, guide(200, 100, wave), { atol: 0.04, rtol: 0 });
  for (let row = 0; row < 100; row++) {
    const [last, first, next] = [fine[row * 200 + 199]!, fine[row * 200]!, fine[row * 200 + 1]!];
    ok(Math.abs(last - first) < Math.abs(first - next) + 0.02);
  }
});

Deno.test("guidedUpsample() keeps straight slopes straight", () => {
  const slope = (_: number, v: number): number => 1 + 2 * v;
  const size = { width: 256, height: 128 };
  const fine = guidedUpsample(
    coarse(slope, () => 0.5),
    guide(256, 128, () => 0.5),
    size,
    whole(size),
  );
  for (let row = 16; row < 112; row++) { // away from the poles
    assertClose([fine[(row + 1) * 256]! - fine[row * 256]!], [2 / 128], { rtol: 1e-3 });
  }
});

Deno.test("guidedUpsample() gives a part the same values as the whole has there", () => {
  const wave = (u: number, v: number): number => Math.sin(6 * Math.PI * u) + v;
  const light = (u: number, v: number): number => (Math.floor(u * 9) + Math.floor(v * 5)) % 2;
  const size = { width: 128, height: 64 };
  const map = coarse(wave, light);
  const all = guidedUpsample(map, guide(128, 64, light), size, whole(size));
  const part = { width: 40, height: 30 };
  const [left, top] = [110, 20]; // across the seam
  const placement = { fullWidth: 128, fullHeight: 64, left, top };
  const there = (f: ArrayLike<number>) =>
    Float32Array.from(
      { length: 1200 },
      (_, p) => f[(Math.floor(p / 40) + top) * 128 + (p % 40 + left) % 128]!,
    );
  assertClose(
    guidedUpsample(map, there(guide(128, 64, light)), part, placement),
    there(all),
    { atol: 1e-6 },
  );
});

Deno.test("luminance() weighs green most", () => {
  assertClose(luminance(Uint8Array.of(255, 0, 0, 9, 0, 255, 0, 9, 0, 0, 255, 9), 255), [
    0.2126,
    0.7152,
    0.0722,
  ]);
});
