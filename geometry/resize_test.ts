import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { resizeTaps } from "./resize.ts";
import { applyTaps } from "./taps.ts";

type Size = readonly [number, number];

function resize(
  x: ArrayLike<number>,
  [height, width]: Size,
  [toHeight, toWidth]: Size,
  sampling: "bilinear" | "antialiased" | "corners" = "antialiased",
): Float32Array {
  return applyTaps(resizeTaps({ height, width, toHeight, toWidth, sampling }), x);
}

function noise(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i * i * 0.7 + i));
}

const mean = (x: ArrayLike<number>): number => Array.from(x).reduce((a, b) => a + b, 0) / x.length;

function close(got: ArrayLike<number>, want: ArrayLike<number>, by = 1e-6): void {
  equal(got.length, want.length);
  for (let i = 0; i < got.length; i++) ok(Math.abs(got[i]! - want[i]!) <= by, `at ${i}`);
}

for (const to of [[16, 16], [5, 7], [64, 3], [1, 1], [100, 90]] as const) {
  Deno.test(`resizeTaps() antialiased from 64x64 to ${to.join("x")} keeps a constant`, () => {
    close(
      resize(new Float32Array(64 * 64).fill(3), [64, 64], to),
      new Float32Array(to[0] * to[1]).fill(3),
    );
  });
}

for (const factor of [2, 3, 4]) {
  Deno.test(`resizeTaps() antialiased keeps the mean when it shrinks ${factor} times`, () => {
    const size = 12 * factor;
    // Away from the borders, where the triangle is cut off and its rest weighs more.
    const away = (at: number): boolean => at >= 2 * factor && at < size - 2 * factor;
    const x = noise(size * size).map((v, p) =>
      away(p % size) && away(Math.floor(p / size)) ? v : 0
    );
    const y = resize(x, [size, size], [12, 12]);
    ok(Math.abs(mean(y) - mean(x)) < 1e-7, `${mean(y)} for ${mean(x)}`);
  });
}

Deno.test("resizeTaps() antialiased equals plain bilinear where an image grows or stays", () => {
  const x = noise(6 * 9);
  for (const to of [[6, 9], [12, 18], [7, 31]] as const) {
    close(resize(x, [6, 9], to), resize(x, [6, 9], to, "bilinear"));
  }
});

Deno.test("resizeTaps() antialiased weighs pixels by a triangle, one axis or both", () => {
  const line = Array.from({ length: 8 }, (_, at) => at === 3 ? 8 : 0);
  // Output centres lie at 0.5, 2.5, 4.5, 6.5; the weights of the four pixels around are 1, 3, 3 and 1 eighths.
  close(resize(line, [1, 8], [1, 4]), [0, 3, 1, 0]);
  const impulse = Array.from({ length: 64 }, (_, p) => p === 3 * 8 + 3 ? 64 : 0);
  const y = resize(impulse, [8, 8], [4, 4]);
  close([y[5]!, y[6]!, y[9]!, y[10]!], [9, 3, 3, 1]);
});

Deno.test("resizeTaps() antialiased takes a pattern finer than the output to its mean; bilinear makes another", () => {
  const stripes = Float32Array.from({ length: 256 }, (_, at) => at % 4 === 1 ? 1 : 0);
  const inside = (y: Float32Array): Float32Array => y.slice(2, -2);
  const [smooth, aliased] = [
    resize(stripes, [1, 256], [1, 60]),
    resize(stripes, [1, 256], [1, 60], "bilinear"),
  ];
  const spread = (y: Float32Array): number => Math.max(...inside(y)) - Math.min(...inside(y));
  ok(spread(smooth) < 0.05 && spread(aliased) > 0.8, `${spread(smooth)} and ${spread(aliased)}`);
});

Deno.test("resizeTaps() antialiased refuses an empty size", () => {
  throws(
    () => resizeTaps({ height: 4, width: 4, toHeight: 0, toWidth: 4, sampling: "antialiased" }),
    /^RangeError: Cannot resize 4 pixels to 0/,
  );
  deepEqual([...resize([1, 3], [1, 2], [1, 1])], [2]);
});

Deno.test("resizeTaps() corners keeps the corner pixels in place and a ramp straight", () => {
  close(resize([0, 3], [1, 2], [1, 4], "corners"), [0, 1, 2, 3]);
  const ramp = Array.from({ length: 5 * 7 }, (_, p) => 10 * Math.floor(p / 7) + p % 7);
  const want = Array.from(
    { length: 10 * 14 },
    (_, p) => 10 * Math.floor(p / 14) * 4 / 9 + p % 14 * 6 / 13,
  );
  close(resize(ramp, [5, 7], [10, 14], "corners"), want, 1e-5);
  close(resize([4, 5, 6], [1, 3], [1, 1], "corners"), [4]);
  close(resize([4], [1, 1], [2, 2], "corners"), [4, 4, 4, 4]);
});
