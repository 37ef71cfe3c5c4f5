import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { growth, ratios, spread } from "./statistics.ts";

Deno.test("spread() is the middle of an odd and of an even number of measurements, with their range", () => {
  deepEqual(spread([3, 1, 2]), { median: 2, min: 1, max: 3 });
  deepEqual(spread([4, 1, 2, 3]), { median: 2.5, min: 1, max: 4 });
  throws(() => spread([]), /no measurements/);
});

Deno.test("ratios() compares within a round: a slow round does not count against one side", () => {
  deepEqual(ratios([20, 200, 20], [10, 100, 10]), { median: 2, min: 2, max: 2 });
  throws(() => ratios([1], [1, 2]), /1 rounds with 2/);
});

Deno.test("growth() finds the exponent", () => {
  equal(growth({ size: 2, cost: 3 }, { size: 4, cost: 12 }), 2);
  ok(Math.abs(growth({ size: 1, cost: 5 }, { size: 3, cost: 5 })) < 1e-12);
});
