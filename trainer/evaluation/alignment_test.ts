import fc from "fast-check";
import { equal, ok, throws } from "node:assert/strict";
import { fitAffine, median } from "./alignment.ts";

Deno.test("median() takes the lower or the mean of the middle two, and changes nothing", () => {
  const values = [4, 1, 3, 2];
  equal(median(values), 2);
  equal(median(values, "averaged"), 2.5);
  equal(median([7, 1, 100]), 7);
  equal(values.join(), "4,1,3,2");
  ok(Number.isNaN(median([])));
});

Deno.test("fitAffine() finds the line that made the target [seed 21]", () => {
  const finite = fc.double({ min: -5, max: 5, noNaN: true });
  fc.assert(
    fc.property(finite, finite, (scale, shift) => {
      const x = [0.3, 1.7, -0.4, 2.5];
      const fit = fitAffine(x, x.map((v) => scale * v + shift));
      ok(Math.abs(fit.scale - scale) < 1e-12 && Math.abs(fit.shift - shift) < 1e-12);
    }),
    { seed: 21 },
  );
});

Deno.test("fitAffine() leaves a residual that no line can lower", () => {
  const x = [1, 2, 3, 5];
  const y = [2, 1, 4, 3];
  const { scale, shift } = fitAffine(x, y);
  const residual = x.map((v, i) => y[i]! - scale * v - shift);
  ok(Math.abs(residual.reduce((a, b) => a + b, 0)) < 1e-12);
  ok(Math.abs(residual.reduce((a, r, i) => a + r * x[i]!, 0)) < 1e-12);
});

Deno.test("fitAffine() of a flat prediction or a single pixel is the mean of the target", () => {
  const flat = fitAffine([0.1, 0.1, Math.fround(0.1)], [1, 2, 6]);
  equal(flat.scale, 0);
  equal(flat.shift, 3);
  equal(fitAffine([5], [2]).shift, 2);
  throws(() => fitAffine([1, 2], [1]), RangeError);
});
