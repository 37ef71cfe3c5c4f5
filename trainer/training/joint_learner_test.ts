import { deepEqual, equal, ok } from "node:assert/strict";
import { redTeacher } from "../../tests/helpers/red_teacher.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import {
  ignoreWithoutTraining,
  tinyConfig,
  type Workspace,
  workspaceTests,
} from "../../tests/helpers/tiny_training.ts";
import "../../tests/helpers/tiny_student.ts";
import type { TrainConfig } from "../config/schema.ts";

const need = ignoreWithoutTraining();
const test = workspaceTests(need);
const { JointLearner } = need.ignore
  ? {} as typeof import("./joint_learner.ts")
  : await import("./joint_learner.ts"); // sharp wants permissions to load

const teacher = redTeacher(32);

/** A configuration whose panoramas have masks: white to the left of another column each. */
async function maskedConfig(workspace: Workspace, set: readonly string[]): Promise<TrainConfig> {
  const { default: sharp } = await import("sharp");
  for (const [i, name] of ["a", "b", "c"].entries()) {
    const width = 40 + 30 * i;
    await sharp({ create: { width, height: 64, channels: 3, background: "white" } })
      .extend({ right: 128 - width, background: "black" })
      .png().toFile(`${workspace.panoramas}/${name}_mask.png`);
  }
  return tinyConfig(workspace, ["student.name=tiny", "batch.labeled=0", ...set]);
}

test("JointLearner feeds the masks of the step, though those of the next one are cut already", async (workspace) => {
  const config = await maskedConfig(workspace, []);
  const learner = await JointLearner.open(await testGpu(), config, teacher);
  const fed: Float32Array[] = [];
  const cut: Float32Array[] = [];
  for (let step = 0; step < config.steps; step++) {
    await learner.feed(step);
    fed.push(await learner.plan.read(learner.step.unlabeled!.mask!));
    cut.push((await learner.masks())!); // of the next step, but for the last one
  }
  for (let step = 1; step < config.steps; step++) deepEqual(fed[step], cut[step - 1]);
  deepEqual(fed.at(-1), cut.at(-1));
  ok(fed.some((mask) => `${mask}` !== `${fed[0]}`));
  ok(fed.every((mask) => mask.includes(0) && mask.includes(1)));
  await learner.close();
});

test("JointLearner cuts no masks for a loss that is blind to them", async (workspace) => {
  const config = await maskedConfig(workspace, ["masks=released"]);
  const learner = await JointLearner.open(await testGpu(), config, teacher);
  await learner.feed(0);
  ok((await learner.last())!.valid.includes(0));
  equal(await learner.masks(), undefined);
  await learner.close();
});
