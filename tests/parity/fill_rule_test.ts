import { equal } from "node:assert/strict";
import { fillParameter, fillUniform, fnv1a, mix } from "./fill_rule.ts";

/** Worked values of the rule: seed, key, shape, index, hash of the key, mixed bits, bits of the float32 result. */
const WORKED = [
  ["S7o", "equi_encoder.conv1.weight", [64, 3, 7, 7], 0, 0x0a905f88, 0xc7b8c4c4, 0x3da3ef77],
  ["S7o", "equi_encoder.conv1.weight", [64, 3, 7, 7], 9407, 0x0a905f88, 0x8f8ab1c9, 0x3c8e189c],
  ["S7o", "equi_encoder.bn1.weight", [64], 0, 0xa4a68b86, 0x4636b485, 0x3f747157],
  ["S7o", "equi_encoder.bn1.bias", [64], 63, 0xacb79993, 0xbf3603f8, 0x3d4a4670],
  ["S7o", "equi_encoder.bn1.running_mean", [64], 1, 0xba835aab, 0x8641c4a3, 0x3ba02d33],
  ["S7o", "equi_encoder.bn1.running_var", [64], 0, 0x74ebc2c3, 0x8a8f726e, 0x3f8547b9],
  [
    "S7o",
    "equi_decoder.0.selayer.fc.0.weight",
    [64, 1024],
    65535,
    0x43d23de3,
    0xadb0ef72,
    0x3c9e475e,
  ],
  ["S7o", "equi_decoder.15.conv.bias", [1], 0, 0xfff4502c, 0xcbdbb8c8, 0x3d72bf1a],
  [
    "S8c",
    "dnet.deconv4.0.0.weight",
    [1024, 512, 3, 3],
    4718591,
    0x2c02d2b5,
    0xb2d71cb0,
    0x3c260b2c,
  ],
] as const;

for (const [seed, key, shape, i, h0, x, bits] of WORKED) {
  Deno.test(`fillParameter() gives the worked value of ${seed}:${key}[${i}]`, () => {
    equal(fnv1a(`${seed}:${key}`), h0);
    equal(mix(h0, i), x);
    const values = fillParameter(seed, key, shape);
    equal(new Uint32Array(values.buffer)[i], bits);
  });
}

Deno.test("fillUniform() gives the worked value of S9:input:big_gt[524287]", () => {
  equal(fillUniform("S9", "input:big_gt", 512 * 1024)[524287], Math.fround(-0.9869321584701538));
});
