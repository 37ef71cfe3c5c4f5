import { doesNotThrow, throws } from "node:assert/strict";
import { assertClose } from "./assert_close.ts";

Deno.test("assertClose() accepts what lies within the tolerance", () => {
  doesNotThrow(() => assertClose([1, 100], [1 + 1e-7, 100.0005]));
  doesNotThrow(() => assertClose([NaN, Infinity, -Infinity], [NaN, Infinity, -Infinity]));
});

Deno.test("assertClose() names the worst element, both values and the tolerance", () => {
  const run = () => assertClose([1, 2, 3.5], [1.1, 2, 3], { atol: 0.01, rtol: 0, name: "y" });
  throws(run, /y\[2\] is 3.5, expected 3 ±\(0.01 \+ 0·\|x\|\)/);
});

Deno.test("assertClose() takes NaN for close to NaN alone", () => {
  throws(() => assertClose([0, NaN], [0, 0]), /tensor\[1\] is NaN, expected 0/);
  throws(() => assertClose([0, 9], [NaN, 0]), /tensor\[0\] is 0, expected NaN/);
  throws(() => assertClose([Infinity], [-Infinity]), /tensor\[0\] is Infinity/);
});

Deno.test("assertClose() refuses other lengths", () => {
  throws(() => assertClose([1], [1, 2]), /lengths are 1 and 2/);
});
