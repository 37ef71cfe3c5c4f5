import { deepEqual, equal, match, ok } from "node:assert/strict";
import { SafetensorsFile } from "../trainer/formats/safetensors_file.ts";
import { latestCheckpoint } from "../trainer/runs/run_reader.ts";
import {
  ignoreWithoutTraining,
  readLosses,
  tinyFlags,
  workspaceTests,
} from "./helpers/tiny_training.ts";
import { runTrain } from "./helpers/train_command.ts";

const test = workspaceTests(ignoreWithoutTraining({ run: true }));

/** What a run says of its student, some tensors of its checkpoint with their shapes, and what it must not have. */
const STUDENTS: Record<string, {
  flags: string[];
  says: RegExp;
  tensors: Record<string, number[]>;
  absent: RegExp;
}> = {
  "BiFuse++ at a quarter of its width": {
    flags: ["--student", "bifusepp", "--height", "128"],
    says: /^student +bifusepp, width 0\.25, 128x256$/m,
    tensors: {
      "dnet.resnet_cube.layer3.5.conv2.weight": [64, 64, 3, 3],
      "dnet.f4.conv_equi_cat.1.running_mean": [128],
      "dnet.deconv1.2.weight": [1, 8, 1, 1],
    },
    absent: /^(equi|cube)_/,
  },
  "UniFuse with another fusion": {
    flags: ["--set", "student.options.fusion=biproj"],
    says: /^student +unifuse, width 0\.25, 64x128, fusion biproj$/m,
    tensors: { "equi_decoder.0.conv_mask.0.bias": [1] },
    absent: /res_conv|selayer/,
  },
};

for (const [name, { flags, says, tensors, absent }] of Object.entries(STUDENTS)) {
  test(`train trains ${name}, and goes on with it`, async (workspace) => {
    const folder = `${workspace.folder}/run`;
    const all = [...tinyFlags(workspace, ["checkpoint.every=2", "logging.every=1"]), ...flags];
    const first = await runTrain([...all, "--steps", "2", "--out", folder]);
    equal(first.code, 0, first.stderr);
    match(first.stderr, says);
    const second = await runTrain(["--resume", folder, "--steps", "4"]);
    equal(second.code, 0, second.stderr);
    match(second.stderr, says);
    const losses = await readLosses(folder);
    equal(losses.length, 4);
    ok(losses.every((loss) => loss > 0 && loss < 5), `${losses}`);
    const { path, step } = await latestCheckpoint(folder);
    equal(step, 4);
    using file = await SafetensorsFile.open(path);
    const { entries } = file.header;
    for (const [tensor, shape] of Object.entries(tensors)) {
      deepEqual(entries.get(tensor)?.shape, shape, tensor);
    }
    deepEqual([...entries.keys()].filter((tensor) => absent.test(tensor)), []);
  });
}
