import { deepEqual, equal } from "node:assert/strict";
import { medianPin, medianPixel } from "./median_pin.ts";

const output = Float32Array.of(4, 1, 9, 3, /**/ 5, 8, 6, 7);
const mask = Float32Array.of(1, 1, 0, 1, /**/ 1, 1, 1, 1);
const listed = (first: number, second: number, noise: number, same = true) => ({
  median_per_step_float32: [[{ index: first }, { index: second }]],
  median_same_pixel_as_float64: [[same, same]],
  noise: { train_output_per_step: [noise] },
});

Deno.test("medianPixel() is the lower median of the valid pixels", () => {
  equal(medianPixel(output.subarray(0, 4), mask.subarray(0, 4)), 3);
  equal(medianPixel(output.subarray(4), mask.subarray(4)), 2);
});

Deno.test("medianPin() exchanges two predictions that are within noise, and no others", () => {
  equal(medianPin(output, mask, listed(3, 2, 1), 1), undefined); // the same pixels
  deepEqual(
    [...medianPin(output, mask, listed(0, 2, 1), 1)!],
    [-1, 0, 0, 1, 0, 0, 0, 0],
  );
  const pin = medianPin(output, mask, listed(3, 0, 1), 1)!;
  const moved = output.map((v, i) => v + pin[i]!);
  equal(medianPixel(moved.subarray(4), mask.subarray(4)), 0);
  equal(medianPin(output, mask, listed(0, 2, 0.5), 1), undefined); // further apart than noise
  equal(medianPin(output, mask, listed(0, 2, 1, false), 1), undefined); // float64 forked there
  equal(medianPin(output, mask, listed(0, 2, 1), 2), undefined); // nothing is listed
});
