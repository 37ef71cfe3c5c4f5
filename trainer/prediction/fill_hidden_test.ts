import { deepEqual, equal, ok } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { fillHidden } from "./fill_hidden.ts";

/** A picture that is brighter to the right, and hidden where it is told. */
function picture(height: number, hidden: (x: number, y: number) => boolean) {
  return Float32Array.from({ length: 8 * height * height }, (_, i) => {
    const p = Math.floor(i / 4);
    const [x, y] = [p % (2 * height), Math.floor(p / (2 * height))];
    if (hidden(x, y)) return 0;
    return i % 4 === 3 ? 1 : (x + 0.5) / (2 * height) / (1 + i % 4);
  });
}

Deno.test("fillHidden() keeps what is visible, and gives what is not the colours around it", () => {
  const inside = (x: number, y: number) => x > 20 && x < 40 && y > 8 && y < 20;
  const [whole, torn] = [picture(32, () => false), picture(32, inside)];
  equal(fillHidden(whole, 32), whole);
  const filled = fillHidden(torn, 32);
  whole.forEach((value, i) => {
    const [x, y] = [Math.floor(i / 4) % 64, Math.floor(i / 256)];
    if (!inside(x, y)) equal(filled[i], value);
    else ok(Math.abs(filled[i]! - value) < 0.1, `${x} ${y}: ${filled[i]}, ${value}`);
  });
});

Deno.test("fillHidden() fills across the seam, and a picture of which little is visible", () => {
  const seam = fillHidden(picture(32, (x) => x < 6 || x > 50), 32);
  const [before, after] = [picture(32, () => false)[4 * 50]!, picture(32, () => false)[4 * 6]!];
  for (const x of [0, 3, 55, 63]) {
    const value = seam[4 * (10 * 64 + x)]!;
    ok(value > after - 1e-6 && value < before + 1e-6, `${x}: ${value}`);
  }
  const one = fillHidden(picture(6, (x, y) => x !== 3 || y !== 2), 6);
  for (let i = 0; i < one.length; i += 4) {
    assertClose(one.subarray(i, i + 3), [3.5 / 12, 3.5 / 24, 3.5 / 36], { atol: 1e-6 });
  }
  deepEqual(new Set(one.filter((_, i) => i % 4 === 3)), new Set([1]));
});
