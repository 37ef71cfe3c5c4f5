import fc from "fast-check";
import { equal, ok, throws } from "node:assert/strict";
import {
  FACE_AXES,
  faceCosines,
  type FaceName,
  faceOfRay,
  faceOrder,
  facePixel,
  facePositions,
  faceRay,
  rayOnFace,
} from "./face.ts";

const names = Object.keys(FACE_AXES) as FaceName[];
const coordinate = fc.double({ min: -1, max: 1, noNaN: true });

Deno.test("every ray falls on exactly one face, in front of it and within its borders [seed 13]", () => {
  fc.assert(
    fc.property(coordinate, coordinate, coordinate, (x, y, z) => {
      fc.pre(Math.hypot(x, y, z) > 1e-6);
      const face = faceOfRay([x, y, z]);
      const [a, b] = rayOnFace(face, [x, y, z]);
      ok(Math.abs(a) <= 1 && Math.abs(b) <= 1);
      const strictlyInside = names.filter((name) => {
        const { forward } = FACE_AXES[name];
        if (x * forward[0] + y * forward[1] + z * forward[2] <= 0) return false;
        return rayOnFace(name, [x, y, z]).every((p) => Math.abs(p) < 1);
      });
      ok(strictlyInside.every((name) => name === face));
    }),
    { seed: 13, numRuns: 500 },
  );
});

Deno.test("rayOnFace() undoes faceRay() on each face [seed 14]", () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), coordinate, coordinate, (face, a, b) => {
      const [gotA, gotB] = rayOnFace(face, faceRay(face, a, b));
      ok(Math.abs(gotA - a) < 1e-15 && Math.abs(gotB - b) < 1e-15);
      if (Math.abs(a) < 1 && Math.abs(b) < 1) equal(faceOfRay(faceRay(face, a, b)), face);
    }),
    { seed: 14 },
  );
});

Deno.test("the axes of every face are a right-handed frame: right × down = forward", () => {
  for (const { right: r, down: d, forward: f } of Object.values(FACE_AXES)) {
    equal(r[1] * d[2] - r[2] * d[1], f[0]);
    equal(r[2] * d[0] - r[0] * d[2], f[1]);
    equal(r[0] * d[1] - r[1] * d[0], f[2]);
  }
});

Deno.test("strip faces share their border pixels, distill faces lie half a pixel inside", () => {
  equal(facePositions("strip", 5)[0], -1);
  equal(facePositions("strip", 5)[4], 1);
  equal(facePositions("distill", 4)[0], -0.75);
  for (const layout of ["strip", "distill"] as const) {
    facePositions(layout, 7).forEach((at, i) => ok(Math.abs(facePixel(layout, 7, at) - i) < 1e-14));
    equal(new Set(faceOrder(layout)).size, 6);
  }
});

Deno.test("faceCosines() is 1 in the middle and 1/√3 in the corners", () => {
  const cosines = faceCosines("strip", 3);
  equal(cosines[4], 1);
  equal(cosines[0], Math.fround(1 / Math.sqrt(3)));
});

Deno.test("faces refuse a broken size and a ray without direction", () => {
  throws(() => facePositions("strip", 0), RangeError);
  throws(() => faceOfRay([0, 0, 0]), RangeError);
  throws(() => faceOfRay([NaN, 0, 1]), RangeError);
});
