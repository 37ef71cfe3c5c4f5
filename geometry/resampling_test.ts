import fc from "fast-check";
import { equal, ok, throws } from "node:assert/strict";
import { cubeToEquirectTaps } from "./cube_to_equirect.ts";
import { equirectRotationTaps } from "./equirect_rotation.ts";
import { equirectToCubeTaps } from "./equirect_to_cube.ts";
import { faceOrder, facePositions, faceRay } from "./face.ts";
import { resizeTaps } from "./resize.ts";
import { multiply, rotate, transpose, type Vector3, yaw } from "./rotation.ts";
import { drawRotation } from "./rotation_law.ts";
import { pixelToRay } from "./sphere.ts";
import { applyTaps } from "./taps.ts";

const height = 64;
const width = 128;
const uniform = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const anyRotation = fc.tuple(uniform, uniform, uniform).map((u) => drawRotation("so3", u));

/** A smooth function of the direction: continuous over the seam and the poles by construction. */
function field([x, y, z]: Vector3): number {
  return Math.sin(2 * x + y + 0.3) + 0.5 * Math.cos(z - 2 * y) + x * z;
}

function panorama(of: (ray: Vector3) => number = field): Float32Array {
  return Float32Array.from(
    { length: height * width },
    (_, p) => of(pixelToRay(p % width, Math.floor(p / width), width, height)),
  );
}

/** Bilinear interpolation is off by at most 1/8 of step² times the second derivative, here below 5. */
const INTERPOLATION = (5 / 4) * (Math.PI / height) ** 2;

function worst(got: ArrayLike<number>, want: (p: number) => number): number {
  let most = 0;
  for (let p = 0; p < got.length; p++) most = Math.max(most, Math.abs(got[p]! - want(p)));
  return most;
}

Deno.test("equirectRotationTaps() moves content from d to R·d, over the seam and the poles [seed 16]", () => {
  fc.assert(
    fc.property(anyRotation, (r) => {
      const got = applyTaps(equirectRotationTaps({ height, width, rotation: r }), panorama());
      const want = panorama((ray) => field(rotate(transpose(r), ray)));
      const error = worst(got, (p) => want[p]!);
      ok(error < INTERPOLATION, `largest error is ${error}`);
    }),
    { seed: 16, numRuns: 20 },
  );
});

Deno.test("equirectToCubeTaps() shows the rotated panorama in both layouts [seed 17]", () => {
  const size = 24;
  fc.assert(
    fc.property(
      anyRotation,
      fc.constantFrom("strip" as const, "distill" as const),
      (rotation, layout) => {
        const got = applyTaps(
          equirectToCubeTaps({ height, width, size, rotation, layout }),
          panorama(),
        );
        const at = facePositions(layout, size);
        const order = faceOrder(layout);
        const error = worst(got, (p) => {
          const ray = faceRay(
            order[Math.floor(p / size / size)]!,
            at[p % size]!,
            at[Math.floor(p / size) % size]!,
          );
          const length = Math.hypot(...ray);
          return field(
            rotate(transpose(rotation), [ray[0] / length, ray[1] / length, ray[2] / length]),
          );
        });
        ok(error < INTERPOLATION, `largest error is ${error}`);
      },
    ),
    { seed: 17, numRuns: 20 },
  );
});

Deno.test("a rotation and its inverse restore the picture [seed 18]", () => {
  fc.assert(
    fc.property(anyRotation, (r) => {
      const there = applyTaps(equirectRotationTaps({ height, width, rotation: r }), panorama());
      const back = applyTaps(
        equirectRotationTaps({ height, width, rotation: transpose(r) }),
        there,
      );
      const want = panorama();
      ok(worst(back, (p) => want[p]!) < 2 * INTERPOLATION);
    }),
    { seed: 18, numRuns: 10 },
  );
});

Deno.test("two rotations after each other are their product", () => {
  const a = drawRotation("so3", [0.2, 0.9, 0.4]);
  const b = drawRotation("so3", [0.8, 0.1, 0.6]);
  const first = applyTaps(equirectRotationTaps({ height, width, rotation: a }), panorama());
  const twice = applyTaps(equirectRotationTaps({ height, width, rotation: b }), first);
  const once = applyTaps(
    equirectRotationTaps({ height, width, rotation: multiply(b, a) }),
    panorama(),
  );
  ok(worst(twice, (p) => once[p]!) < 2 * INTERPOLATION);
});

Deno.test("a yaw by whole columns is a roll of the columns, to the bit for nearest picks", () => {
  const columns = 37;
  const x = panorama();
  const rotation = yaw((2 * Math.PI * columns) / width);
  const got = applyTaps(equirectRotationTaps({ height, width, rotation, sampling: "nearest" }), x);
  const rolled = (p: number): number => {
    const row = Math.floor(p / width);
    return x[row * width + ((p % width) - columns + width) % width]!;
  };
  equal(worst(got, rolled), 0);
});

Deno.test("the identity keeps every pixel under paper and shrinks by half a pixel under released", () => {
  const column = Float32Array.from({ length: height * width }, (_, p) => p % width);
  const rotation = yaw(0);
  const paper = applyTaps(equirectRotationTaps({ height, width, rotation }), column);
  ok(worst(paper, (p) => column[p]!) < 1e-4);
  const released = applyTaps(
    equirectRotationTaps({ height, width, rotation, recipe: "released" }),
    column,
  );
  ok(Math.abs(released[0]! - (0.5 - 0.5 / width)) < 1e-4);
});

for (const layout of ["strip", "distill"] as const) {
  Deno.test(`panorama -> ${layout} cube -> panorama restores a smooth picture`, () => {
    const size = 64;
    const cube = applyTaps(equirectToCubeTaps({ height, width, size, layout }), panorama());
    const back = applyTaps(cubeToEquirectTaps({ height, width, size, layout }), cube);
    const want = panorama();
    // distill: the half pixel outside the outermost centres repeats the border pixel
    ok(worst(back, (p) => want[p]!) < (layout === "strip" ? 2 * INTERPOLATION : 0.06));
  });
}

Deno.test("resizeTaps() keeps linear ramps away from the borders and picks floor(i · s)", () => {
  const ramp = [0, 1, 2, 3, 4, 5];
  const up = applyTaps(resizeTaps({ height: 1, width: 6, toHeight: 1, toWidth: 12 }), ramp);
  ok(Math.abs(up[5]! - 2.25) < 1e-6);
  const picks = applyTaps(
    resizeTaps({ height: 1, width: 6, toHeight: 2, toWidth: 4, sampling: "nearest" }),
    ramp,
  );
  equal(picks.join(), "0,1,3,4,0,1,3,4");
});

Deno.test("a panorama of odd width is refused", () => {
  throws(
    () => equirectRotationTaps({ height: 3, width: 5, rotation: yaw(0) }),
    /current size is 5x3/,
  );
});
