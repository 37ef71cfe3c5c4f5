import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { filledWeights } from "../../tests/helpers/student_weights.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";
import { writeWeights } from "../checkpoints/write_weights.ts";
import { resolveConfig } from "../config/resolve.ts";
import { findStudent } from "../models/student.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { UsageError } from "./command.ts";
import { newConfig, newConfigOn, resumedConfig } from "./train_arguments.ts";

Deno.test("newConfig() sets named flags above the preset, and --set above all", async () => {
  const config = await newConfig({
    steps: "7",
    "batch-size": "3",
    seed: "0",
    unlabeled: ["folder:/a", "panoramas"],
    overfit: true,
    set: ["optim.lr=0.5", "batch.unlabeled=1"],
  }, "smoke");
  deepEqual([config.steps, config.batch, config.seed, config.overfit], [
    7,
    { labeled: 3, unlabeled: 1, parts: 1 },
    0,
    true,
  ]);
  deepEqual(config.unlabeled, ["folder:/a", "panoramas"]);
  equal(config.optim.lr, 0.5);
  equal(config.height, 64); // the preset's
});

Deno.test("newConfig() does not look at sources of a half that is empty", async () => {
  const set = ["batch.unlabeled=0"];
  equal((await newConfig({ set, unlabeled: ["rooms"] }, "smoke")).batch.unlabeled, 0);
  await rejects(newConfig({ unlabeled: ["rooms"] }, "smoke"), UsageError);
});

Deno.test("newConfigOn() trains a batch in parts that the adapter can bind, and says so", async () => {
  const on = (kind: "cpu" | "gpu", mebibytes: number) => {
    const limits = { maxStorageBufferBindingSize: mebibytes * 2 ** 20, maxBufferSize: 2 ** 40 };
    return { kind, limits: limits as GPUSupportedLimits };
  };
  const batch = async (gpu: ReturnType<typeof on>, values = {}) => {
    const { config: { height, batch }, split } = await newConfigOn(gpu, values);
    return [height, batch.labeled, batch.unlabeled, batch.parts, split !== undefined];
  };
  deepEqual(await batch(on("gpu", 128)), [512, 3, 3, 3, true]);
  deepEqual(await batch(on("gpu", 2048)), [512, 3, 3, 1, false]);
  const random = { set: ["student.init=random"] };
  const { labeled, unlabeled } = resolveConfig({ preset: "embedded" }).batch;
  deepEqual(await batch(on("cpu", 128), random), [64, labeled, unlabeled, 1, false]);
  equal((await newConfigOn(on("cpu", 128), random)).preset, "embedded, this machine's default");
  equal((await newConfigOn(on("gpu", 128), {})).preset, "paper, this machine's default");
  equal((await newConfigOn(on("gpu", 128), { config: "smoke" })).preset, "smoke");
  deepEqual(await batch(on("gpu", 128), { height: "256" }), [256, 3, 3, 1, false]);
  deepEqual(await batch(on("gpu", 128), { "batch-size": "2" }), [512, 2, 2, 2, true]);
  deepEqual(await batch(on("gpu", 128), { config: "paper" }), [512, 3, 3, 3, true]);
  // What the user names stays as it is.
  deepEqual(await batch(on("gpu", 128), { set: ["batch.parts=1"] }), [512, 3, 3, 1, false]);
});

Deno.test("newConfigOn() suits this machine's preset to the student and says so; what the user names is refused", async () => {
  const limits = { maxStorageBufferBindingSize: 2 ** 30, maxBufferSize: 2 ** 40 };
  const on = (kind: "cpu" | "gpu", values: Parameters<typeof newConfig>[0]) =>
    newConfigOn({ kind, limits: limits as GPUSupportedLimits }, { student: "bifusepp", ...values });
  const { config, preset } = await on("cpu", {});
  deepEqual([config.height, config.student.init, config.student.width], [128, "random", 0.25]);
  equal(
    preset,
    "embedded, this machine's default, with height 128 and random first weights for bifusepp",
  );
  const higher = await on("cpu", { height: "192" });
  deepEqual([higher.config.height, higher.config.student.init], [192, "random"]);
  equal(
    higher.preset,
    "embedded, this machine's default, with random first weights for bifusepp",
  );
  equal((await on("gpu", {})).preset, "paper, this machine's default");
  const smallest = /bifusepp at height 64: .*nearest is 128$/;
  await rejects(on("cpu", { height: "64" }), smallest);
  await rejects(on("cpu", { config: "smoke" }), smallest);
});

const need = ignoreWithout({ read: true, write: true });

Deno.test({
  name: "newConfig() says where a file of --config is no JSON, or that there is none" +
    need.suffix,
  ignore: need.ignore,
  async fn() {
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    const path = `${folder}/mine.json`;
    await Deno.writeTextFile(path, '{ "steps": 7, }');
    await rejects(newConfig({ config: path }, "smoke"), (error: Error) => {
      match(error.message, /^Cannot read configuration ".*mine\.json": .*JSON at position 14/);
      return error instanceof UsageError;
    });
    await Deno.writeTextFile(path, '{ "stepps": 7 }');
    await rejects(
      newConfig({ config: path }, "smoke"),
      /mine\.json.*stepps|stepps.*no such key/,
    );
    await Deno.writeTextFile(path, '{ "steps": 7 }');
    equal((await newConfig({ config: path }, "smoke")).steps, 7);
    await rejects(
      newConfig({ config: `${folder}/yours.json` }, "smoke"),
      /neither a readable file nor a preset \(embedded, paper, smoke\)/,
    );
  },
});

Deno.test({
  name: "newConfig() trains what the file of --init is of, unless told otherwise" + need.suffix,
  ignore: need.ignore,
  async fn() {
    await using temporary = await temporaryFolder();
    const init = `${temporary.path}/a.safetensors`;
    const of = { width: 0.5, options: { fusion: "cat" } };
    const weights = filledWeights(findStudent("unifuse"), of);
    await writeWeights(init, weights, { metadata: {}, half: false });
    for (const config of [undefined, "smoke"]) {
      const { student } = await newConfig({ init, ...(config && { config }) }, "embedded");
      deepEqual(student, { name: "unifuse", init, ...of });
    }
    await rejects(
      newConfig({ init, set: ["student.width=1"] }, "smoke"),
      /it is a checkpoint of unifuse, width 0\.5, fusion cat, and the run trains unifuse, width 1/,
    );
    await rejects(
      newConfig(
        { "init-encoder": init, set: ["student.width=0.5", "student.options.fusion=cat"] },
        "smoke",
      ),
      /^Error: --init-encoder .* is a whole checkpoint: use --init /,
    );
  },
});

const config = await newConfig({ steps: "10" }, "smoke");
const record = { config } as RunRecord;

Deno.test("resumedConfig() keeps the run's configuration but for the total of steps", async () => {
  deepEqual(await resumedConfig({ resume: "a" }, record, 5), config);
  deepEqual(await resumedConfig({ resume: "a", steps: "20" }, record, 10), {
    ...config,
    steps: 20,
  });
});

Deno.test("resumedConfig() refuses what would change the run, and a run that is done", async () => {
  for (const flags of [{ seed: "1" }, { set: ["optim.lr=1"] }, { overfit: true }, { out: "b" }]) {
    await rejects(
      resumedConfig({ resume: "a", ...flags }, record, 5),
      new RegExp(`leave --${Object.keys(flags)[0]} away; only --steps may change`),
    );
  }
  await rejects(resumedConfig({ resume: "a" }, record, 10), /all of its 10 steps are done/);
  await rejects(resumedConfig({ resume: "a", steps: "8" }, record, 9), /all of its 8 steps/);
  const teacher = { config: { steps: 100, size: 64, lr: 1e-3 } } as unknown as RunRecord;
  await rejects(
    resumedConfig({ resume: "a" }, teacher, 5),
    /^Error: Cannot resume "a" as it is a teacher's run: go on with deno task teacher --resume$/,
  );
  const old = { config: { ...config, student: { ...config.student, name: "gone" } } } as RunRecord;
  await rejects(resumedConfig({ resume: "a" }, old, 5), /Cannot train student "gone"/);
});
