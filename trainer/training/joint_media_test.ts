import { deepEqual } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";

const need = ignoreWithout({ read: true, env: true, sys: true, ffi: true });
const { faceColors } = need.ignore
  ? {} as typeof import("./joint_media.ts")
  : await import("./joint_media.ts"); // sharp wants permissions to load

Deno.test({
  name: "faceColors() takes back the preprocessing of the teacher that runs" + need.suffix,
  ignore: need.ignore,
  fn() {
    const preprocessing = { mean: [0.5, 0.25, 0], std: [0.5, 1, 2] } as const;
    const planes = Float32Array.of(1, -1, 0, 0, 0.25, 0, 0, 0, 0, 0, 0, 0.5);
    const { rgb } = faceColors(planes, 2, preprocessing);
    deepEqual([...rgb], [255, 128, 0, 0, 64, 0, 128, 64, 0, 128, 64, 255]);
  },
});
