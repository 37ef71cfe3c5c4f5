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

Deno.test("noisesOff() is of elements, norm and sum, in units of the noise", () => {
  const of = (values: Float32Array, more = {}): string =>
    noisesOff(values, { ...row, ...more })!.map((off) => off.toFixed(2)).join(" ");
  equal(of(ones), "0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00");
  equal(of(ones.with(8, 1.375)), "0.00 0.00 0.00 0.00 0.00 0.00 0.00 3.00 0.58 0.50");
  equal(of(ones.with(8, 1.375), { noise_backends_max_abs: 0.375 }).split(" ")[7], "1.00");
  equal(of(ones.with(4, 4)), "0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00 7.60 4.00", "not shown");
  equal(of(ones.with(4, -1)).split(" ")[8], "0.00", "the norm is the same");
  equal(of(ones.with(0, NaN)), "NaN 0.00 0.00 0.00 0.00 0.00 0.00 0.00 NaN NaN");
});

Deno.test("noisesOff() does not judge what is only noise, and does not guess a noise", () => {
  equal(noisesOff(ones, { ...row, noise_dominated: true }), undefined);
  const { noise_l2: _, ...without } = row;
  throws(() => noisesOff(ones, without), /Cannot judge a gradient: its noise is not listed/);
});
