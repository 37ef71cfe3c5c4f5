import { equal, rejects } from "node:assert/strict";
import {
  ignoreWithoutTraining,
  tinyConfig,
  withWorkspace,
} from "../../tests/helpers/tiny_training.ts";
import type { Gpu } from "../gpu/device.ts";

const need = ignoreWithoutTraining();
const { openConfiguredTeacher } = need.ignore
  ? {} as typeof import("./joint_run.ts")
  : await import("./joint_run.ts"); // sharp wants permissions to load

Deno.test({
  name: "teacher.size is the side of the teacher's faces, and 0 leaves it to the model" +
    need.suffix,
  ignore: need.ignore,
  fn: () =>
    withWorkspace(async (workspace) => {
      const software = { kind: "cpu" } as Gpu;
      const sizeOf = async (set: string[]): Promise<number> => {
        const teacher = await openConfiguredTeacher(software, tinyConfig(workspace, set));
        await teacher!.close();
        return teacher!.inputSize;
      };
      equal(await sizeOf([]), 32);
      equal(await sizeOf(["teacher.size=40"]), 40);
      await rejects(sizeOf(["teacher.size=44"]), /the nearest are 40 and 48/);
    }),
});
