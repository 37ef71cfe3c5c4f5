import fc from "fast-check";
import { deepEqual, ok, throws } from "node:assert/strict";
import {
  bifuseCubeToEquirectGrid,
  cubeGridTaps,
  cubeToEquirectTaps,
  unifuseCubeToEquirectTaps,
} from "./cube_to_equirect.ts";
import { equirectRotationTaps } from "./equirect_rotation.ts";
import { equirectToCubeTaps } from "./equirect_to_cube.ts";
import { resizeTaps } from "./resize.ts";
import { drawRotation } from "./rotation_law.ts";
import { applyTaps, composeTaps, type Taps, type TransposedTaps, transposeTaps } from "./taps.ts";

const rotation = drawRotation("so3", [0.31, 0.72, 0.55]);
const panorama = { height: 16, width: 32 };
const cube = { ...panorama, size: 8 };

/** Every builder, and whether its weights sum to 1 for every output. */
const builders: [name: string, build: () => Taps, complete: boolean][] = [
  ["equirect to cube", () => equirectToCubeTaps({ ...cube, rotation }), true],
  [
    "equirect to cube, nearest",
    () => equirectToCubeTaps({ ...cube, rotation, sampling: "nearest" }),
    true,
  ],
  [
    "equirect to cube, released",
    () => equirectToCubeTaps({ ...cube, rotation, recipe: "released" }),
    true,
  ],
  ["equirect to strip", () => equirectToCubeTaps({ ...cube, layout: "strip" }), true],
  ["rotation", () => equirectRotationTaps({ ...panorama, rotation }), true],
  [
    "rotation, nearest",
    () => equirectRotationTaps({ ...panorama, rotation, sampling: "nearest" }),
    true,
  ],
  [
    "rotation, released",
    () => equirectRotationTaps({ ...panorama, rotation, recipe: "released" }),
    true,
  ],
  ["cube to equirect", () => cubeToEquirectTaps(cube), true],
  ["cube to equirect, nearest", () => cubeToEquirectTaps({ ...cube, sampling: "nearest" }), true],
  ["UniFuse cube to equirect", () => unifuseCubeToEquirectTaps(cube), true],
  [
    "UniFuse cube to equirect, faces of 1 pixel",
    () => unifuseCubeToEquirectTaps({ height: 2, width: 4, size: 1 }),
    true,
  ],
  ["BiFuse++ cube to equirect", () => cubeGridTaps(bifuseCubeToEquirectGrid(cube)), true],
  ["resize", () => resizeTaps({ ...panorama, toHeight: 37, toWidth: 5 }), true],
  [
    "resize, antialiased",
    () => resizeTaps({ ...panorama, toHeight: 5, toWidth: 7, sampling: "antialiased" }),
    true,
  ],
  [
    "resize, nearest",
    () => resizeTaps({ ...panorama, toHeight: 37, toWidth: 5, sampling: "nearest" }),
    true,
  ],
];

for (const [name, build] of builders) {
  Deno.test(`${name}: weights are not negative and sum to 1, indices lie inside`, () => {
    const taps = build();
    for (let p = 0; p < taps.outputs; p++) {
      const row = taps.weight.subarray(p * taps.taps, (p + 1) * taps.taps);
      ok(row.every((w) => w >= 0));
      ok(Math.abs(row.reduce((a, b) => a + b, 0) - 1) < 3e-7, `output ${p}`);
    }
    ok(taps.index.every((q) => q < taps.inputs));
  });

  Deno.test(`${name}: transposeTaps() is the adjoint, <Ax, y> = <x, Aᵀy> [seed 15]`, () => {
    const taps = build();
    const transposed = transposeTaps(taps);
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: -9, max: 9 })), (stream) => {
        const draw = (n: number): number[] => Array.from(stream.take(n));
        const x = draw(taps.inputs * 2);
        const y = draw(taps.outputs * 2);
        const left = dot(applyTaps(taps, x, 2), y);
        const right = dot(applyTransposedTaps(transposed, y, 2), x);
        ok(Math.abs(left - right) < 1e-2, `${left} and ${right}`);
      }),
      { seed: 15, numRuns: 3 },
    );
  });
}

Deno.test("transposeTaps() drops taps of weight 0 and keeps the outputs in order", () => {
  const taps: Taps = {
    outputs: 3,
    inputs: 2,
    taps: 2,
    index: new Uint32Array([1, 0, 1, 1, 0, 1]),
    weight: new Float32Array([0.5, 0, 0.25, 0.75, 1, 0.125]),
  };
  const { start, index, weight } = transposeTaps(taps);
  deepEqual([...start], [0, 1, 5]);
  deepEqual([...index], [2, 0, 1, 1, 2]);
  deepEqual([...weight], [1, 0.5, 0.25, 0.75, 0.125]);
});

Deno.test("transposeTaps() refuses an index outside the input", () => {
  const taps = {
    outputs: 1,
    inputs: 1,
    taps: 1,
    index: new Uint32Array([1]),
    weight: new Float32Array([1]),
  };
  throws(
    () => transposeTaps(taps),
    /^RangeError: Cannot transpose taps as an index lies outside the input: current index is 1 of 1 pixels$/,
  );
  const unused = { ...taps, weight: new Float32Array([0]) };
  deepEqual([...transposeTaps(unused).start], [0, 0]); // a tap of weight 0 is no tap
});

Deno.test("applyTaps() does not carry a NaN through a tap of weight 0, and refuses a wrong length", () => {
  const taps = {
    outputs: 1,
    inputs: 2,
    taps: 2,
    index: new Uint32Array([0, 1]),
    weight: new Float32Array([1, 0]),
  };
  deepEqual([...applyTaps(taps, [3, NaN])], [3]);
  throws(() => applyTaps(taps, [3]), /length is 1, expected 2/);
});

Deno.test("composeTaps() does its right factor first", () => {
  const inner = equirectRotationTaps({ ...panorama, rotation });
  const outer = equirectToCubeTaps(cube);
  const x = Float32Array.from({ length: inner.inputs }, (_, i) => Math.sin(i));
  const twice = applyTaps(outer, applyTaps(inner, x));
  applyTaps(composeTaps(outer, inner), x).forEach((v, i) => ok(Math.abs(v - twice[i]!) < 1e-6));
  throws(
    () => composeTaps(inner, outer),
    /^RangeError: Cannot compose taps as the sizes differ: current outer map reads 512 pixels, the inner one makes 384$/,
  );
});

/** The gradient of the input, `[inputs, channels]`. */
function applyTransposedTaps(
  { inputs, start, index, weight }: TransposedTaps,
  dy: ArrayLike<number>,
  channels: number,
): Float64Array {
  const dx = new Float64Array(inputs * channels);
  for (let i = 0; i < dx.length; i++) {
    const q = Math.floor(i / channels);
    for (let e = start[q]!; e < start[q + 1]!; e++) {
      dx[i]! += weight[e]! * dy[index[e]! * channels + i % channels]!;
    }
  }
  return dx;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
