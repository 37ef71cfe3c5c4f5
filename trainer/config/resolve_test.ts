import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { configKeys } from "./describe.ts";
import { PRESETS } from "./presets.ts";
import { parseConfig, resolveConfig } from "./resolve.ts";

Deno.test("resolveConfig() fills every key from nothing", () => {
  const config = resolveConfig({});
  equal(config.optim.lr, 1e-4);
  deepEqual(config.optim.betas, [0.9, 0.999]);
  equal(config.rotation, "so3");
  deepEqual(config.labeled, ["rooms"]);
});

Deno.test("resolveConfig() ranks --set above flags, file, preset, recipe and defaults", () => {
  const file = { path: "a.json", values: { steps: 3, seed: 3, optim: { lr: 3 } } };
  const config = resolveConfig({
    preset: "embedded",
    file,
    flags: { seed: 4, height: undefined },
    set: ["seed=5", "recipe=released", "rotation=none"],
  });
  equal(config.seed, 5);
  equal(config.steps, 3);
  equal(config.optim.lr, 3);
  equal(config.optim.schedule, "cosine"); // the preset's
  equal(config.height, PRESETS.embedded!.height); // an absent flag hides nothing
  equal(config.masks, "released"); // the recipe's
  equal(config.rotation, "none"); // set above the recipe
});

Deno.test("resolveConfig() expands the released recipe into its switches", () => {
  const { rotation, rotationPer, resampling, masks, labelMinMax, lossMean, alignment, protocol } =
    resolveConfig({ flags: { recipe: "released" } });
  deepEqual(
    { rotation, rotationPer, resampling, masks, labelMinMax, lossMean, alignment, protocol },
    {
      rotation: "euler45",
      rotationPer: "step",
      resampling: "released",
      masks: "released",
      labelMinMax: true,
      lossMean: "pixels",
      alignment: "affine",
      protocol: "released",
    },
  );
});

Deno.test("resolveConfig() accepts every preset", () => {
  for (const preset of Object.keys(PRESETS)) ok(resolveConfig({ preset }).steps > 0, preset);
});

Deno.test("parseConfig() reads back what resolveConfig() wrote", () => {
  const config = resolveConfig({ preset: "smoke", set: ["recipe=released", "labelMinMax=false"] });
  deepEqual(parseConfig(JSON.parse(JSON.stringify(config))), config);
});

Deno.test("resolveConfig() names key, value and what was wanted", () => {
  const cases: [Parameters<typeof resolveConfig>[0], RegExp][] = [
    [{ set: ["optim.lr=-1"] }, /^RangeError: Cannot use optim.lr = -1: expected a number above 0$/],
    [{ set: ["optim.lr=fast"] }, /^TypeError: Cannot set "optim.lr" to "fast": expected a number/],
    [{ set: ["steps=1.5"] }, /Cannot use steps = 1.5: expected an integer above 0$/],
    [{ set: ["rotation=full"] }, /"full": expected one of none, yaw, euler45, so3$/],
    [{ set: ["student.width=0.3"] }, /"0.3": expected one of 1, 0.5, 0.25$/],
    [{ set: ["optim.betas=0.9"] }, /expected 2 numbers$/],
    [{ set: ["optim=1"] }, /"optim" as it is a section: its keys are optim.name, optim.lr/],
    [{ set: ["optim.rl=1"] }, /no such key: did you mean optim.lr\?/],
    [{ set: ["lr=1"] }, /no such key: did you mean optim.lr\?/],
    [{ set: ["quux=1"] }, /no such key: --help lists the keys/],
    [{ set: ["optim.lr"] }, /SyntaxError: Cannot read --set "optim.lr": expected key=value/],
    [{ set: ["batch.labeled=0", "batch.unlabeled=0"] }, /expected at least one labeled/],
    [
      { set: ["labeled="] },
      /Cannot use labeled = \[\]: expected a source, as batch.labeled is not 0$/,
    ],
    [{ set: ["unlabeled="] }, /Cannot use unlabeled = \[\]: expected a source/],
    [
      { set: ["lossWeights.pseudo=0", "batch.labeled=0"] },
      /Cannot use lossWeights = {"pseudo":0}: expected a weight above 0 where the batch has panoramas$/,
    ],
    [
      { set: ["teacher.viewHeight=33"] },
      /viewHeight = 33: expected 0 or an even number from 32 on$/,
    ],
    [{ preset: "huge" }, /RangeError: Cannot use preset "huge": the presets are embedded, paper/],
    [
      { file: { path: "a.json", values: { optim: { leaning: 1 } } } },
      /Cannot use key "optim.leaning" as there is no such key.*\(from a.json or above\)$/,
    ],
    [{ file: { path: "a.json", values: [] } }, /TypeError: .*a.json: expected a JSON object/],
    [{ file: { path: "a.json", values: { seed: "x" } } }, /seed = "x": expected an integer of at/],
  ];
  for (const [sources, message] of cases) throws(() => resolveConfig(sources), message);
});

Deno.test("resolveConfig() reads a student's options by their names, switches as switches", () => {
  const set = ["student.options.fusion=cat", "student.options.squeezeExcite=false"];
  const { student } = resolveConfig({ set });
  deepEqual(student.options, { fusion: "cat", squeezeExcite: false });
  deepEqual(resolveConfig({}).student.options, {});
  throws(
    () => resolveConfig({ set: ["student.options=cat"] }),
    /^TypeError: Cannot set "student.options" to "cat": expected values by name, each set as \.NAME=VALUE$/,
  );
  throws(
    () => resolveConfig({ set: ["student.options.fusion.kind=cat"] }),
    /^RangeError: Cannot use student.options.fusion = {"kind":"cat"}: expected values by name/,
  );
});

Deno.test("resolveConfig() reads lists, tuples and booleans from --set", () => {
  const config = resolveConfig({
    set: [
      "labeled=rooms@style=hall,folder:/a",
      "optim.betas=[0.8, 0.99]",
      "augment.flip=false",
      "evaluation.styles=",
      "student.width=.5",
    ],
  });
  deepEqual(config.labeled, ["rooms@style=hall", "folder:/a"]);
  deepEqual(config.optim.betas, [0.8, 0.99]);
  equal(config.augment.flip, false);
  deepEqual(config.evaluation.styles, []);
  equal(config.student.width, 0.5);
  const set = ["labeled=", "batch.labeled=0", "lossWeights.labeled=0"]; // a half that is not there needs nothing
  deepEqual(resolveConfig({ set }).labeled, []);
});

Deno.test("configKeys() describes every key in one line and has its default", () => {
  const keys = configKeys();
  ok(keys.length > 40);
  for (const { key, description, default: value } of keys) {
    ok(description.length > 10 && description.length < 100 && !description.includes("\n"), key);
    ok(value !== undefined, `${key} has no default`);
  }
});
