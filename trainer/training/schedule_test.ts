import { equal, ok } from "node:assert/strict";
import { learningRate } from "./schedule.ts";

const cosine = { lr: 1e-3, schedule: "cosine", warmup: 10 } as const;

Deno.test("learningRate() rises over the warm-up and falls to zero at the last step", () => {
  equal(learningRate(cosine, 0, 100), 1e-4);
  equal(learningRate(cosine, 10, 100), 1e-3);
  ok(Math.abs(learningRate(cosine, 55, 100) - 5e-4) < 1e-9);
  ok(learningRate(cosine, 100, 100) < 1e-12);
});

Deno.test("learningRate() of a constant schedule does not change with the length of the run", () => {
  const constant = { lr: 2e-4, schedule: "constant", warmup: 0 } as const;
  equal(learningRate(constant, 0, 10), 2e-4);
  equal(learningRate(constant, 9, 10), learningRate(constant, 9, 1000));
});
