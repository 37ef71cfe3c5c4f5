import { deepEqual, equal, ok } from "node:assert/strict";
import { openStudentCheckpoint } from "../trainer/checkpoints/student_checkpoint.ts";
import { studentOnnx } from "../trainer/export/student_onnx.ts";
import { findStudent, type StudentOptions } from "../trainer/models/student.ts";
import { ignoreWithout } from "./helpers/permissions.ts";
import { pytorchZip } from "./helpers/pytorch_writer.ts";
import { runOnnx } from "./helpers/run_onnx.ts";
import { filledWeights, stateDict } from "./helpers/student_weights.ts";
import { temporaryFolder } from "./helpers/temporary_folder.ts";
import { imageInput } from "./parity/inputs.ts";
import { DEFAULT_REFERENCE, openReference } from "./parity/reference.ts";
import type { NetworkCase } from "./parity/topics/network.ts";

const reference = new URL("../../shared/reference", import.meta.url);
const need = ignoreWithout({ read: true, write: true, env: true, sys: true, paths: [reference] });

/** Largest difference from the released code: float32 noise of two more implementations. */
const tolerances = { unifuse: 2e-5, bifusepp: 5e-5 } as const;

/** Name of the case, and what of its network is not the default. */
const cases: [
  topic: number,
  id: string,
  name: keyof typeof tolerances,
  StudentOptions["options"],
][] = [
  [7, "main_64x128", "unifuse", {}],
  [7, "variant_cee_nose_64x128", "unifuse", { squeezeExcite: false }],
  [7, "variant_cat_nose_64x128", "unifuse", { fusion: "cat" }],
  [7, "variant_biproj_nose_64x128", "unifuse", { fusion: "biproj" }],
  [8, "main_128x256", "bifusepp", {}],
];

for (const [number, id, name, options = {}] of cases) {
  Deno.test({
    name: `From a .pth through ONNX, ${name} ${id} gives the reference's numbers${need.suffix}`,
    ignore: need.ignore,
    async fn() {
      const folders = await openReference(DEFAULT_REFERENCE);
      const topic = folders.find((folder) => folder.number === number)!;
      const c = topic.cases<NetworkCase>().find((one) => one.id === id)!;
      await using temporary = await temporaryFolder();
      const path = `${temporary.path}/release.pth`;
      const filled = filledWeights(findStudent(name), { width: 1, options }, c.weights_seed);
      await Deno.writeFile(path, pytorchZip(stateDict(filled)));

      using checkpoint = await openStudentCheckpoint(path);
      equal(checkpoint.student.name, name);
      deepEqual(checkpoint.options, { width: 1, options });
      const model = studentOnnx(checkpoint.student, await checkpoint.weights(), {
        options: checkpoint.options,
        height: c.H,
      });
      const { data } = await imageInput(topic, c.inputs.rgb, c);
      const plane = 3 * c.H * c.W;
      const at = c.eval?.image ?? 0;
      const panorama = { dims: [1, 3, c.H, c.W], data: data.slice(at * plane, (at + 1) * plane) };
      const { disparity } = await runOnnx(model, { panorama });
      const want = (await topic.file(c, "eval_output")).data;
      const worst = disparity!.data.reduce((a, v, i) => Math.max(a, Math.abs(v - want[i]!)), 0);
      ok(worst <= tolerances[name], `differs by ${worst} of ${tolerances[name]}`);
    },
  });
}
