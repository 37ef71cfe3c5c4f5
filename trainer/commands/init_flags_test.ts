import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { pytorchZip } from "../../tests/helpers/pytorch_writer.ts";
import { filledWeights, stateDict } from "../../tests/helpers/student_weights.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { writeWeights } from "../checkpoints/write_weights.ts";
import type { TrainConfig } from "../config/schema.ts";
import { findStudent } from "../models/student.ts";
import { newConfigOn } from "./new_config.ts";
import type { TrainArguments } from "./train_arguments.ts";

const test = folderTests(ignoreWithout({ read: true, write: true }));
const unifuse = findStudent("unifuse");

/** A new run on a machine without a GPU: its configuration, and what was said to be chosen. */
async function run(values: TrainArguments): Promise<{ config: TrainConfig; said: string }> {
  const limits = { maxStorageBufferBindingSize: 2 ** 30, maxBufferSize: 2 ** 30 };
  const gpu = { kind: "cpu" as const, limits: limits as GPUSupportedLimits };
  const { config, chosen, first } = await newConfigOn(gpu, values);
  first[Symbol.dispose]();
  return { config, said: chosen.join("\n") };
}

/** A student's encoder as torchvision would save it. */
function resnet18(width: number): Uint8Array<ArrayBuffer> {
  const prefix = "equi_encoder.";
  const encoder = [...filledWeights(unifuse, { width })].filter(([name]) =>
    name.startsWith(prefix)
  );
  return pytorchZip(
    stateDict(new Map(encoder.map(([name, weight]) => [name.slice(prefix.length), weight]))),
  );
}

test("--init trains what its file is of, unless told otherwise", async (folder) => {
  const init = `${folder}/a.safetensors`;
  const of = { width: 0.5, options: { fusion: "cat" } };
  await writeWeights(init, filledWeights(unifuse, of), { metadata: {}, half: false });
  for (const config of [undefined, "smoke"]) {
    const { config: { student } } = await run({ init, ...(config && { config }) });
    deepEqual(student, { name: "unifuse", init, ...of });
  }
  await rejects(
    run({ init, set: ["student.width=1"] }),
    /it is a checkpoint of unifuse, width 0\.5, fusion cat, and the run trains unifuse, width 1/,
  );
  await rejects(
    run({ "init-encoder": init, set: ["student.width=0.5", "student.options.fusion=cat"] }),
    /^Error: --init-encoder .* is a whole checkpoint: use --init /,
  );
});

test("--init takes the height that its file tells and the released step size, and says so; what the user names stays", async (folder) => {
  const init = `${folder}/c.safetensors`;
  const weights = filledWeights(unifuse, { width: 0.25 });
  await writeWeights(init, weights, { metadata: { height: "192" }, half: false });
  const chosen = async (values: TrainArguments) => {
    const { config: { height, optim: { lr, schedule } }, said } = await run(values);
    return [height, lr, schedule, said];
  };
  const [height, lr, schedule, said] = await chosen({ init });
  deepEqual([height, lr, schedule], [192, 1e-4, "cosine"]);
  equal(
    said,
    `first       ${init}: height 192, that it was trained at, instead of 64; ` +
      "step size 0.0001, the released one, which keeps what it learnt, instead of 0.002",
  );
  // A named preset names nothing of it, flags and a file do.
  deepEqual((await chosen({ init, config: "smoke" })).slice(0, 2), [192, 1e-4]);
  deepEqual(await chosen({ init, height: "128", set: ["optim.lr=0.002"] }), [
    128,
    2e-3,
    "cosine",
    "",
  ]);
  const mine = `${folder}/mine.json`;
  await Deno.writeTextFile(mine, '{ "height": 256, "optim": { "lr": 3e-4 } }');
  deepEqual((await chosen({ init, config: mine })).slice(0, 2), [256, 3e-4]);

  await writeWeights(init, weights, { metadata: {}, half: false });
  const untold = await chosen({ init });
  deepEqual(untold.slice(0, 2), [64, 1e-4]);
  match(`${untold[3]}`, /; it does not tell its height, 64 is taken: name another with --height$/);
});

test("--init takes a run folder as its newest checkpoint", async (folder) => {
  const path = `${folder}/checkpoints/step-00000007.safetensors`;
  await Deno.mkdir(`${folder}/checkpoints`);
  await writeWeights(path, filledWeights(unifuse, { width: 0.25 }), { metadata: {}, half: false });
  await Deno.writeTextFile(`${folder}/checkpoints/latest`, "step-00000007.safetensors\n");
  equal((await run({ init: `${folder}/` })).config.student.init, path);
  await rejects(
    run({ init: `${folder}/checkpoints` }),
    /^Error: Cannot use ".*" as it is not a run/,
  );
});

test("--init-encoder takes its file's width and says so, unless the user names another", async (folder) => {
  const file = `${folder}/resnet18.pth`;
  await Deno.writeFile(file, resnet18(1));
  const { config: { student, height, optim: { lr } }, said } = await run({ "init-encoder": file });
  deepEqual([student.width, height, lr], [1, 64, 2e-3]);
  equal(said, `first       ${file}: width 1, its own, instead of 0.25`);
  const wrong =
    /^Error: Cannot use student\.init = ".*resnet18\.pth" with student\.width = 0\.25 as its encoder has width 1: choose --set student\.width=1, or/;
  await rejects(run({ "init-encoder": file, set: ["student.width=0.25"] }), wrong);
  await Deno.writeTextFile(`${folder}/mine.json`, '{ "student": { "width": 0.25 } }');
  await rejects(run({ "init-encoder": file, config: `${folder}/mine.json` }), wrong);
  const small = await run({ "init-encoder": "builtin", config: "paper" });
  deepEqual([small.config.student.width, small.config.height], [0.25, 512]);
});
