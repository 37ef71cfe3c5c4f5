import { deepEqual, equal, throws } from "node:assert/strict";
import { EXRLoader } from "three/addons/loaders/EXRLoader.js";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { encodeExr } from "./exr.ts";

const FLOAT_TYPE = 1015; // three.FloatType

/** The first channel as three reads it, row 0 on top. */
function readByThree(bytes: Uint8Array): { width: number; height: number; values: number[] } {
  const loader = new EXRLoader();
  loader.type = FLOAT_TYPE;
  const { width, height, data } = loader.parse(bytes.slice().buffer);
  const stride = data.length / (width * height);
  const values: number[] = [];
  for (let row = height - 1; row >= 0; row--) {
    for (let column = 0; column < width; column++) {
      values.push(data[(row * width + column) * stride]);
    }
  }
  return { width, height, values };
}

for (const [width, height] of [[1, 1], [7, 5], [64, 32], [33, 17]] as const) {
  Deno.test(`encodeExr() writes ${width}x${height} floats that three reads`, () => {
    const values = Float32Array.from({ length: width * height }, (_, i) => Math.sin(i) * 1e3 + i);
    const read = readByThree(encodeExr(values, { width, height }));
    deepEqual([read.width, read.height], [width, height]);
    deepEqual(Float32Array.from(read.values), values);
  });
}

Deno.test("encodeExr() keeps noise, NaN and infinity", () => {
  const values = new Float32Array(64 * 40);
  const words = new Uint32Array(values.buffer);
  for (let i = 0, x = 1; i < words.length; i++) words[i] = x = Math.imul(x, 747796405) + 2891336453;
  values.set([NaN, Infinity, -Infinity, 0]);
  const { values: read } = readByThree(encodeExr(values, { width: 64, height: 40 }));
  assertClose(read.filter(Number.isFinite), values.filter(Number.isFinite), { atol: 0, rtol: 0 });
  deepEqual(read.slice(0, 4), [NaN, Infinity, -Infinity, 0]);
});

Deno.test("encodeExr() names its channel and says texts", () => {
  const bytes = encodeExr(new Float32Array(2), { width: 2, height: 1 }, {
    channel: "Z",
    texts: { Unit: "metres" },
  });
  const text = new TextDecoder("latin1").decode(bytes);
  equal(text.includes("chlist\0\x13\0\0\0Z\0"), true);
  equal(text.includes("Unit\0string\0\x06\0\0\0metres"), true);
});

Deno.test("encodeExr() compresses what is smooth", () => {
  const smooth = Float32Array.from({ length: 512 * 256 }, (_, i) => Math.floor(i / 512) / 256);
  equal(encodeExr(smooth, { width: 512, height: 256 }).length < smooth.byteLength / 20, true);
});

Deno.test("encodeExr() refuses values of another size", () => {
  throws(
    () => encodeExr(new Float32Array(3), { width: 2, height: 1 }),
    /^RangeError: Cannot write 3 values as EXR of 2x1$/,
  );
});
