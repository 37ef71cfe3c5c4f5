import { faceOfRay, pixelToRay } from "@depth-anywhere/geometry";
import { equal, ok } from "node:assert/strict";
import { seamMeasure } from "./seam.ts";

const height = 32;

function panorama(value: (ray: readonly [number, number, number]) => number): Float32Array {
  const map = new Float32Array(2 * height * height);
  for (let row = 0, p = 0; row < height; row++) {
    for (let column = 0; column < 2 * height; column++, p++) {
      map[p] = value(pixelToRay(column, row, 2 * height, height));
    }
  }
  return map;
}

Deno.test("seamMeasure() finds no border in a smooth map", () => {
  const { ratio } = seamMeasure(panorama(([x, y, z]) => 2 + x + 0.5 * y - 0.3 * z), height);
  ok(ratio > 0.7 && ratio < 1.3, `${ratio}`);
});

Deno.test("seamMeasure() finds borders where each face has its own offset", () => {
  const offset = { F: 0, R: 0.5, B: 0, L: 0.5, U: 1, D: 1 };
  const map = panorama((ray) => 2 + ray[0] + offset[faceOfRay([...ray])]);
  ok(seamMeasure(map, height).ratio > 3);
});

Deno.test("seamMeasure() does not depend on scale and shift", () => {
  const map = panorama(([x, y, z]) => x * y + z);
  const [a, b] = [seamMeasure(map, height), seamMeasure(map.map((v) => 7 * v + 3), height)];
  ok(Math.abs(a.ratio - b.ratio) < 1e-4);
});

Deno.test("seamMeasure() of a flat map is neutral", () => {
  equal(seamMeasure(panorama(() => 5), height).ratio, 1);
});
