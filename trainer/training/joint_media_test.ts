import { deepEqual } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";

const need = ignoreWithout({ read: true, env: true, sys: true, ffi: true });
const { faceColors, panoramaPair } = need.ignore
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

Deno.test({
  name: "panoramaPair() shows a panorama and its prediction at one size, whatever the view's" +
    need.suffix,
  ignore: need.ignore,
  fn() {
    for (const [view, height, shown] of [[64, 64, 256], [128, 64, 256], [128, 96, 256]] as const) {
      const pixels = new Uint32Array(2 * view * view);
      const disparity = Float32Array.from({ length: 2 * height * height }, (_, i) => i);
      const pair = panoramaPair(pixels, { height: view, name: "attic" }, disparity, height);
      const { panorama, prediction } = pair;
      deepEqual([panorama.width, panorama.height, panorama.caption], [shown, shown / 2, "attic"]);
      deepEqual([prediction.width, prediction.height], [shown, shown / 2]);
      deepEqual(prediction.caption, "prediction");
    }
  },
});
