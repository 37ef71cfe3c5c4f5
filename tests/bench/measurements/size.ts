/** What a step of a student of one size costs: forward and backward, without data, teacher and optimiser. */
import { openGpu } from "../../../trainer/gpu/device.ts";
import {
  measureSteps,
  type StepCost,
  type StudentSize,
} from "../../../trainer/training/step_cost.ts";
import { answerOnce } from "../measure.ts";

if (import.meta.main) {
  await answerOnce(async (size: StudentSize): Promise<StepCost> =>
    (await measureSteps(await openGpu(), [size]))[0]!
  );
}
