import { equal, throws } from "node:assert/strict";
import { noisesOff } from "./summary.ts";

const row = {
  n: 9,
  sum: 9,
  l2: 3,
  first4: [1, 1, 1, 1],
  last4: [1, 1, 1, 1],
  noise_l2: 0.25,
  noise_max_abs: 0.125,
};
const ones = new Float32Array(9).fill(1);

Deno.test("noisesOff() takes the worst of elements, norm and sum, in units of the noise", () => {
  equal(noisesOff(ones, row), 0);
  equal(noisesOff(ones.with(8, 1.375), row), 3);
  equal(noisesOff(ones.with(8, 1.375), { ...row, noise_backends_max_abs: 0.375 }), 1);
  equal(noisesOff(ones.with(4, -1), row), 2 / 0.25 / 3, "no element shown, the norm is the same");
  equal(noisesOff(ones.with(4, 4), row)!.toFixed(3), ((Math.sqrt(24) - 3) / 0.25).toFixed(3));
  equal(noisesOff(ones.with(0, NaN), row), NaN);
});

Deno.test("noisesOff() does not judge what is only noise, and does not guess a noise", () => {
  equal(noisesOff(ones, { ...row, noise_dominated: true }), undefined);
  const { noise_l2: _, ...without } = row;
  throws(() => noisesOff(ones, without), /Cannot judge a gradient: its noise is not listed/);
});
