import { equal, ok } from "node:assert/strict";
import { distillationPath, faceDisparity } from "./distillation.ts";
import { faceCosines } from "./face.ts";
import { resampleMask, resampleMaskReleased } from "./mask.ts";
import { drawRotation } from "./rotation_law.ts";
import { equirectRotationTaps } from "./equirect_rotation.ts";
import { equirectToCubeTaps } from "./equirect_to_cube.ts";

const sizes = { height: 32, width: 64, size: 16 };
const rotation = drawRotation("euler45", [0.3, 0.8, 0.1]);

Deno.test("distillationPath() of a sphere of distance 1 has disparity 1 / cos α under both recipes", () => {
  const sphere = new Float32Array(32 * 64).fill(1);
  const cosines = faceCosines("distill", 16);
  const exact = faceDisparity(distillationPath({ ...sizes, rotation }), sphere);
  exact.forEach((d, p) => ok(Math.abs(d * cosines[p % 256]! - 1) < 1e-6));
  const picked = faceDisparity(
    distillationPath({ ...sizes, rotation, recipe: "released" }),
    sphere,
  );
  // the released code takes cos α of the picked pixel: up to 0.7 pixels of 0.098 rad away
  picked.forEach((d, p) => ok(Math.abs(d * cosines[p % 256]! - 1) < 0.1));
});

Deno.test("resampleMask() keeps a full mask and drops every output that touches an invalid pixel", () => {
  const taps = equirectToCubeTaps({ ...sizes, rotation });
  const mask = new Uint8Array(32 * 64).fill(1);
  ok(resampleMask(taps, mask).every((v) => v === 1));
  mask[300] = 0;
  const valid = resampleMask(taps, mask);
  for (let p = 0; p < taps.outputs; p++) {
    const touches = [0, 1, 2, 3].some((k) =>
      taps.index[4 * p + k] === 300 && taps.weight[4 * p + k] !== 0
    );
    equal(valid[p], touches ? 0 : 1);
  }
  ok(valid.includes(0));
});

Deno.test("resampleMaskReleased() loses a few percent of a full mask, as the released code does", () => {
  const steps = [
    equirectRotationTaps({ ...sizes, rotation, recipe: "released" }),
    equirectToCubeTaps({ ...sizes, recipe: "released" }),
  ];
  const valid = resampleMaskReleased(steps, new Uint8Array(32 * 64).fill(1));
  const kept = valid.reduce((a, b) => a + b, 0) / valid.length;
  ok(kept > 0.95 && kept < 1, `kept ${kept}`);
  equal(resampleMaskReleased(steps, new Uint8Array(32 * 64)).indexOf(1), -1);
});
