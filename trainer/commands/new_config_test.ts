import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { TrainConfig } from "../config/schema.ts";
import { UsageError } from "./command.ts";
import { newConfigOn } from "./new_config.ts";
import type { TrainArguments } from "./train_arguments.ts";

/** An adapter that binds so much. */
function on(kind: "cpu" | "gpu", mebibytes = 1024) {
  const limits = { maxStorageBufferBindingSize: mebibytes * 2 ** 20, maxBufferSize: 2 ** 40 };
  return { kind, limits: limits as GPUSupportedLimits };
}

/** The configuration alone, of a small run. */
async function configOf(values: TrainArguments): Promise<TrainConfig> {
  const { config, first } = await newConfigOn(on("cpu"), { config: "smoke", ...values });
  first[Symbol.dispose]();
  return config;
}

Deno.test("newConfigOn() sets named flags above the preset, and --set above all", async () => {
  const config = await configOf({
    steps: "7",
    "batch-size": "3",
    seed: "0",
    unlabeled: ["panoramas@split=val", "panoramas"],
    overfit: true,
    precision: "mixed",
    set: ["optim.lr=0.5", "batch.unlabeled=1"],
  });
  deepEqual([config.steps, config.batch, config.seed, config.overfit], [
    7,
    { labeled: 3, unlabeled: 1, parts: 1 },
    0,
    true,
  ]);
  deepEqual(config.unlabeled, ["panoramas@split=val", "panoramas"]);
  equal(config.optim.lr, 0.5);
  equal(config.precision, "mixed");
  await rejects(configOf({ precision: "f16" }), UsageError);
  equal(config.height, 64); // the preset's
});

Deno.test("newConfigOn() does not look at sources of a half that is empty", async () => {
  const set = ["batch.unlabeled=0"];
  equal((await configOf({ set, unlabeled: ["rooms"] })).batch.unlabeled, 0);
  await rejects(configOf({ unlabeled: ["rooms"] }), UsageError);
});

Deno.test("newConfigOn() trains a batch in parts that the adapter can bind, and says so", async () => {
  const batch = async (gpu: ReturnType<typeof on>, values = {}) => {
    const { config: { height, batch }, chosen } = await newConfigOn(gpu, values);
    return [height, batch.labeled, batch.unlabeled, batch.parts, chosen.length > 0];
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

Deno.test("newConfigOn() suits a preset to the student and says so; what the user names is refused", async () => {
  const bifusepp = (kind: "cpu" | "gpu", values: TrainArguments) =>
    newConfigOn(on(kind), { student: "bifusepp", ...values });
  const { config, preset } = await bifusepp("cpu", {});
  deepEqual([config.height, config.student.init, config.student.width], [128, "random", 0.25]);
  equal(
    preset,
    "embedded, this machine's default, with height 128 and random first weights for bifusepp",
  );
  const higher = await bifusepp("cpu", { height: "192" });
  deepEqual([higher.config.height, higher.config.student.init], [192, "random"]);
  equal(
    higher.preset,
    "embedded, this machine's default, with random first weights for bifusepp",
  );
  equal((await bifusepp("gpu", {})).preset, "paper, this machine's default");
  const named = await bifusepp("gpu", { config: "embedded" });
  deepEqual([named.config.height, named.config.student.init], [128, "random"]);
  equal(named.preset, "embedded, with height 128 and random first weights for bifusepp");
  equal((await bifusepp("cpu", { config: "paper" })).preset, "paper");
  const smallest = /bifusepp at height 64: .*nearest is 128$/;
  await rejects(bifusepp("cpu", { height: "64" }), smallest);
  await rejects(bifusepp("cpu", { config: "smoke", height: "64" }), smallest);
});

const test = folderTests(ignoreWithout({ read: true, write: true }));

test("newConfigOn() says where a file of --config is no JSON, or that there is none", async (folder) => {
  const path = `${folder}/mine.json`;
  await Deno.writeTextFile(path, '{ "steps": 7, }');
  await rejects(configOf({ config: path }), (error: Error) => {
    match(error.message, /^Cannot read configuration ".*mine\.json": .*JSON at position 14/);
    return error instanceof UsageError;
  });
  await Deno.writeTextFile(path, '{ "stepps": 7 }');
  await rejects(
    configOf({ config: path }),
    /mine\.json.*stepps|stepps.*no such key/,
  );
  await Deno.writeTextFile(path, '{ "steps": 7 }');
  equal((await configOf({ config: path })).steps, 7);
  await rejects(
    configOf({ config: `${folder}/yours.json` }),
    /neither a readable file nor a preset \(embedded, paper, smoke\)/,
  );
});

test("newConfigOn() refuses a folder of panoramas or masks that is not there", async (folder) => {
  const refused = async (source: string, reason: RegExp) =>
    await rejects(configOf({ unlabeled: [source] }), (error: Error) => {
      match(error.message, reason);
      return error instanceof UsageError;
    });
  await refused(
    `folder:${folder}/typo`,
    /^Cannot open "folder:.*\/typo" as the folder ".*\/typo" cannot be read: No such file/,
  );
  await refused(
    `folder:${folder}@masks=${folder}/typo`,
    /as the folder ".*\/typo" cannot be read/,
  );
  await Deno.writeTextFile(`${folder}/a.jpg`, "");
  await refused(`folder:${folder}/a.jpg`, /a\.jpg" cannot be read: it is a file$/);
  const source = `folder:${folder}@masks=${folder}`;
  deepEqual((await configOf({ unlabeled: [source] })).unlabeled, [source]);
});
