import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { exposureStops, pick } from "./order.ts";

Deno.test("pick() takes every panorama once an epoch, also where a batch crosses epochs", () => {
  for (const [size, batch] of [[7, 3], [5, 5], [2, 3], [1, 2]] as const) {
    const drawn = Array.from(
      { length: size * batch * 2 },
      (_, position) => pick(size, batch, 11, Math.floor(position / batch), position % batch),
    );
    for (let epoch = 0; epoch < batch; epoch++) {
      deepEqual(
        drawn.slice(epoch * size, (epoch + 1) * size).sort((a, b) => a - b),
        Array.from({ length: size }, (_, i) => i),
      );
    }
  }
});

Deno.test("pick() is a pure function of seed, step and item", () => {
  const draw = (seed: number, steps: number[]) => steps.map((step) => pick(50, 2, seed, step, 1));
  const forwards = draw(3, [0, 1, 2, 40, 41]);
  deepEqual(draw(3, [41, 40, 2, 1, 0]).reverse(), forwards);
  notDeepEqual(draw(4, [0, 1, 2, 40, 41]), forwards);
});

Deno.test("exposureStops() is uniform in its range", () => {
  const stops = Array.from({ length: 4000 }, (_, i) => exposureStops(1.5, 5, i >> 2, i & 3));
  ok(stops.every((s) => s >= -1.5 && s < 1.5));
  ok(Math.abs(stops.reduce((sum, s) => sum + s, 0) / stops.length) < 0.05);
  ok(Math.min(...stops) < -1.45 && Math.max(...stops) > 1.45);
  equal(exposureStops(0, 5, 1, 1), 0);
});
