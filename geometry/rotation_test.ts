import fc from "fast-check";
import { deepEqual, ok, throws } from "node:assert/strict";
import {
  IDENTITY,
  type Matrix3,
  multiply,
  pitch,
  roll,
  rotate,
  rotationFromAxis,
  rotationFromEuler,
  transpose,
  yaw,
} from "./rotation.ts";
import { drawRotation, ROTATION_LAWS, type RotationLaw } from "./rotation_law.ts";

const uniform = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

function close(got: readonly number[], want: readonly number[], tolerance = 1e-14): void {
  got.forEach((x, i) =>
    ok(Math.abs(x - want[i]!) <= tolerance, `[${i}] is ${x}, expected ${want[i]}`)
  );
}

function determinant(m: Matrix3): number {
  return m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) +
    m[2] * (m[3] * m[7] - m[4] * m[6]);
}

for (const law of ROTATION_LAWS) {
  Deno.test(`drawRotation("${law}") is a rotation: RᵀR = I and det R = 1 [seed 12]`, () => {
    fc.assert(
      fc.property(uniform, uniform, uniform, (a, b, c) => {
        const r = drawRotation(law, [a, b, c]);
        close(multiply(transpose(r), r), IDENTITY);
        close([determinant(r)], [1]);
      }),
      { seed: 12 },
    );
  });
}

Deno.test('drawRotation("so3") is uniform: the mean of R vanishes and every axis goes everywhere', () => {
  const n = 16;
  const mean = new Array<number>(9).fill(0);
  const square = new Array<number>(9).fill(0);
  for (let i = 0; i < n ** 3; i++) {
    const at = (k: number): number => ((Math.floor(i / n ** k) % n) + 0.5) / n;
    drawRotation("so3", [at(0), at(1), at(2)]).forEach((x, k) => {
      mean[k]! += x / n ** 3;
      square[k]! += (x * x) / n ** 3;
    });
  }
  close(mean, new Array(9).fill(0), 1e-12);
  close(square, new Array(9).fill(1 / 3), 2e-3); // the mean square of a coordinate on the sphere
});

Deno.test('drawRotation("euler45") stays within 45 degrees about each axis', () => {
  const low = drawRotation("euler45", [0, 0, 0]);
  close(low, rotationFromEuler(-Math.PI / 4, -Math.PI / 4, -Math.PI / 4));
});

Deno.test("drawRotation() refuses an unknown law and numbers outside [0, 1]", () => {
  throws(() => drawRotation("euler90" as RotationLaw, [0, 0, 0]), RangeError);
  throws(() => drawRotation("so3", [0, NaN, 0]), /outside \[0, 1\]/);
});

Deno.test("yaw, pitch and roll move content right, up and clockwise", () => {
  const angle = 0.1;
  close(rotate(yaw(angle), [0, 0, 1]), [Math.sin(angle), 0, Math.cos(angle)]);
  close(rotate(pitch(angle), [0, 0, 1]), [0, -Math.sin(angle), Math.cos(angle)]);
  close(rotate(roll(angle), [1, 0, 0]), [Math.cos(angle), Math.sin(angle), 0]);
});

Deno.test("rotationFromEuler() is Rx · Ry · Rz", () => {
  close(rotationFromEuler(0.3, -0.2, 0.9), multiply(pitch(0.3), multiply(yaw(-0.2), roll(0.9))));
});

Deno.test("rotationFromAxis() keeps its axis and agrees with yaw", () => {
  close(rotate(rotationFromAxis([1, 2, -3], 1.3), [1, 2, -3]), [1, 2, -3]);
  close(rotationFromAxis([0, 5, 0], 0.7), yaw(0.7));
  throws(() => rotationFromAxis([0, 0, 0], 1), RangeError);
});

Deno.test("multiply() does its right factor first", () => {
  const turned = rotate(multiply(yaw(Math.PI / 2), pitch(Math.PI / 2)), [0, 0, 1]);
  deepEqual(turned.map((x) => Math.round(x) + 0), [0, -1, 0]);
});
