import { deepEqual, ok, throws } from "node:assert/strict";
import {
  distanceToPoints,
  distanceToZDepth,
  pointsToDistance,
  reciprocal,
  zDepthToDistance,
} from "./depth.ts";
import { faceCosines } from "./face.ts";

Deno.test("zDepthToDistance() undoes distanceToZDepth() on six faces", () => {
  const cosines = faceCosines("distill", 4);
  const distance = Float32Array.from({ length: 6 * 16 }, (_, i) => i / 7);
  const back = zDepthToDistance(distanceToZDepth(distance, cosines), cosines);
  back.forEach((d, i) => ok(Math.abs(d - distance[i]!) <= 3e-7 * distance[i]!));
});

Deno.test("a wall ahead has one zDepth on the front face", () => {
  const cosines = faceCosines("distill", 8);
  const wall = cosines.map((c) => 3 / c); // distances to the plane z = 3
  distanceToZDepth(wall, cosines).forEach((z) => ok(Math.abs(z - 3) < 1e-6));
});

Deno.test("reciprocal() is its own inverse and maps everything without depth to 0", () => {
  deepEqual([...reciprocal(reciprocal([4, 0.5]))], [4, 0.5]);
  deepEqual([...reciprocal([0, -2, NaN, Infinity, -Infinity])], [0, 0, 0, 0, 0]);
});

Deno.test("distanceToPoints() and pointsToDistance() are inverse, and refuse a wrong size", () => {
  const distance = Float32Array.from({ length: 8 * 16 }, (_, i) => i % 5);
  pointsToDistance(distanceToPoints(distance, 8, 16)).forEach((d, i) =>
    ok(Math.abs(d - distance[i]!) < 1e-6)
  );
  throws(() => distanceToPoints(distance, 8, 8), RangeError);
});
