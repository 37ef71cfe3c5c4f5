import { rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { filledWeights } from "../../tests/helpers/student_weights.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";
import { openStudentCheckpoint } from "../checkpoints/student_checkpoint.ts";
import { writeWeights } from "../checkpoints/write_weights.ts";
import { findStudent } from "../models/student.ts";
import { PanoramaPredictor } from "./panorama_predictor.ts";

const need = ignoreWithout({ read: true, write: true });

Deno.test({
  name: "PanoramaPredictor says what a prediction can do about too little memory" + need.suffix,
  ignore: need.ignore,
  async fn() {
    await using temporary = await temporaryFolder();
    const path = `${temporary.path}/c.safetensors`;
    const weights = filledWeights(findStudent("unifuse"), { width: 0.0625 });
    await writeWeights(path, weights, { metadata: {}, half: false });
    using checkpoint = await openStudentCheckpoint(path);
    const gpu = await testGpu();
    const limits = { ...gpu.limits, maxStorageBufferBindingSize: 2 ** 16, maxBufferSize: 2 ** 16 };
    const open = (height: number) =>
      PanoramaPredictor.open({ ...gpu, limits }, checkpoint, { height, rotations: 1 });
    const fact = 'Cannot bind ".+" of \\d+ bytes: this adapter binds at most 65536; ';
    await rejects(open(128), new RegExp(`^RangeError: ${fact}choose a lower --height than 128$`));
    await rejects(open(64), new RegExp(`^RangeError: ${fact}it cannot run this student$`));
  },
});
