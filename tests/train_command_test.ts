import { deepEqual, equal, match, ok } from "node:assert/strict";
import { decodeEvent, type RunEvent } from "../trainer/runs/events.ts";
import { SafetensorsFile } from "../trainer/formats/safetensors_file.ts";
import {
  ignoreWithoutTraining,
  readLosses,
  tinyFlags,
  workspaceTests,
} from "./helpers/tiny_training.ts";
import { filledWeights } from "./helpers/student_weights.ts";
import "./helpers/tiny_student.ts";
import { runTrain } from "./helpers/train_command.ts";
import { writeWaves } from "./helpers/wave_panorama.ts";
import { writeWeights } from "../trainer/checkpoints/write_weights.ts";
import { findStudent } from "../trainer/models/student.ts";

const test = workspaceTests(ignoreWithoutTraining({ run: true }));

/** Files that are no panoramas, of each kind that users have; @returns reason by name */
async function writeBadImages(folder: string): Promise<Record<string, RegExp>> {
  const { default: sharp } = await import("sharp"); // wants permissions to load
  const plain = (width: number, height: number, background: string) =>
    sharp({ create: { width, height, channels: 3, background } });
  await plain(1000, 512, "teal").jpeg().toFile(`${folder}/ratio.jpg`);
  await plain(128, 64, "black").jpeg().toFile(`${folder}/black.jpg`);
  await Deno.writeTextFile(`${folder}/text.jpg`, "Dear diary,");
  const jpeg = await sharp(`${folder}/a.png`).jpeg().toBuffer();
  await Deno.writeFile(`${folder}/truncated.jpg`, jpeg.subarray(0, jpeg.length >> 1));
  return {
    "black.jpg": /it is black everywhere/,
    "ratio.jpg": /width must be twice height: current size is 1000x512/,
    "text.jpg": /it is not an image of a known format/,
    "truncated.jpg": /it is damaged or cut off/,
  };
}

/** Paths below a folder, sorted. */
function* tree(folder: string, below = ""): Generator<string> {
  const entries = [...Deno.readDirSync(`${folder}/${below}`)];
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (isDirectory) yield* tree(folder, `${below}${name}/`);
    else yield below + name;
  }
}

test("train ends with a table and a complete run folder, skips unusable images and says which", async (workspace) => {
  const folder = `${workspace.folder}/run`;
  const reasons = await writeBadImages(workspace.panoramas);
  const set = ["logging.media=4", "checkpoint.every=3", "checkpoint.keep=2", "logging.every=2"];
  const flags = [...tinyFlags(workspace, set), "--student", "tiny", "--steps", "8"];
  const { code, stdout, stderr } = await runTrain([...flags, "--out", folder]);
  equal(code, 0, stderr);

  match(stdout, /^living .*median[\s\S]*affine[\s\S]*^all .*median/m);
  match(stdout, /AbsRel.*δ1.*δ2.*δ3/);
  match(stdout, /^AbsRel \(affine\) is \d\.\d\d of the constant prediction's$/m);
  match(stdout, /^training panoramas {2}\d\.\d{3} -> \d\.\d{3}$/m);
  match(stdout, new RegExp(`^run folder +${folder}$`, "m"));
  match(stdout, new RegExp(`^contact sheet +${folder}/media/step-00000008/sheet\\.png$`, "m"));
  const last = "checkpoints/step-00000008.safetensors";
  match(stdout, new RegExp(`^checkpoint +${folder}/${last}$`, "m"));
  for (
    const said of [
      /^adapter +\S/m,
      /^preset +smoke$/m,
      /^student +tiny/m,
      /^teacher .* 32x32, wasm, \d+ threads/m,
    ]
  ) {
    match(stderr, said);
  }
  match(stderr, new RegExp(`deno task serve --runs ${workspace.folder}$`, "m"));
  for (const [name, reason] of Object.entries(reasons)) {
    match(stderr, new RegExp(`^Skipped ".*/${name}": ${reason.source}`, "m"));
  }
  match(stderr, /^4 files skipped, 3 panoramas used$/m);

  const media = ["faces.jpg", "input.jpg", "panorama-prediction.png", "panorama.jpg"]
    .concat("prediction.png", "sheet.png", "teacher.png", "truth.png");
  deepEqual([...tree(folder)], [
    "checkpoints/latest",
    "checkpoints/step-00000006.safetensors",
    last,
    "config.json",
    "events.jsonl",
    ...[4, 8].flatMap((step) => media.map((name) => `media/step-0000000${step}/${name}`)),
    "metrics.csv",
  ]);
  const record = JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
  equal(record.config.steps, 8);
  equal(record.config.optim.betas[1], 0.999); // a default, resolved
  ok(
    record.teacherThreads > 0 && record.versions["onnxruntime-web"] && record.adapter.name &&
      record.created,
  );
  deepEqual(record.argv.slice(-2), ["--out", folder]);
  match(record.teacher.sha256, /^[0-9a-f]{64}$/);
  equal(record.panoramas.count, 3);
  match(record.panoramas.sha256, /^[0-9a-f]{64}$/);
  equal(await Deno.readTextFile(`${folder}/checkpoints/latest`), "step-00000008.safetensors\n");
  using checkpoint = await SafetensorsFile.open(`${folder}/${last}`);
  equal(checkpoint.header.metadata.step, "8");
  for (const prefix of ["", "optimizer.exp_avg.", "optimizer.exp_avg_sq."]) {
    deepEqual(checkpoint.header.entries.get(`${prefix}head.weight`)?.shape, [1, 8, 3, 3]);
  }

  const lines = (await Deno.readTextFile(`${folder}/events.jsonl`)).trimEnd().split("\n");
  const events = lines.map((line) => decodeEvent(line)!);
  const states = events.filter((event) => event.kind === "state").map(({ state }) => state);
  deepEqual(states, ["running", "finished"]);
  const alerts = events.filter((event) => event.kind === "alert").map(({ text }) => text);
  equal(alerts.length, 4);
  for (const [name, reason] of Object.entries(reasons)) {
    match(alerts.join("\n"), new RegExp(`^Skipped ".*/${name}": ${reason.source}`, "m"));
  }
  const images = events.filter((event): event is RunEvent & { kind: "image" } =>
    event.kind === "image"
  );
  deepEqual(new Set(images.map(({ path }) => path)), new Set([...tree(folder, "media/")]));
  const scalars = events.filter((event) => event.kind === "scalars");
  const stepsOf = (key: string): number[] =>
    scalars.filter(({ values }) => key in values).map(({ step }) => step);
  for (const key of ["loss/total", "loss/labeled", "loss/pseudo", "grad/norm", "time/step"]) {
    deepEqual(stepsOf(key), [1, 2, 3, 4, 5, 6, 7, 8], key);
  }
  deepEqual(stepsOf("valid/rooms/affine/absRel"), [0, 8]);
  const [header, ...rows] = (await Deno.readTextFile(`${folder}/metrics.csv`)).trimEnd().split(
    "\n",
  );
  match(header!, /^step,time,.*loss\/total/);
  deepEqual(rows.map((row) => row.split(",")[0]), ["0", ..."12345678"]);
  // Figures may come later than their step, and those of the last in a line of their own.
  const told = [...new Set(scalars.map(({ step }) => step))].sort((a, b) => a - b);
  deepEqual(told, [0, 1, 2, 3, 4, 5, 6, 7, 8]);

  // Five and a resume and five are tested in train_unifuse_test.ts; here: that the command does it.
  const done = await runTrain(["--resume", folder]);
  equal(done.code, 2);
  match(done.stderr, /all of its 8 steps are done: give a higher total with --steps/);
  await Deno.copyFile(`${workspace.panoramas}/a.png`, `${workspace.panoramas}/d.png`);
  const more = await runTrain(["--resume", folder, "--steps", "10"]);
  equal(more.code, 1);
  match(
    more.stderr,
    /^Cannot resume ".*" as its unlabelled panoramas .*: there are 4, there were 3/m,
  );
  await Deno.remove(`${workspace.panoramas}/d.png`);
  const longer = await runTrain(["--resume", `${folder}/`, "--steps", "10"]);
  equal(longer.code, 0, longer.stderr);
  equal((await readLosses(folder)).length, 10);
  equal(JSON.parse(await Deno.readTextFile(`${folder}/config.json`)).config.steps, 10);
  const losses = await readLosses(folder);
  const older = await runTrain(["--resume", `${folder}/checkpoints/step-00000009.safetensors`]);
  equal(older.code, 0, older.stderr);
  deepEqual(await readLosses(folder), losses);
  match(await Deno.readTextFile(`${folder}/events.jsonl`), /"kind":"resumed","step":9,/);
});

test("train ends with exit code 1 and the reasons when no image is usable", async (workspace) => {
  const reasons = await writeBadImages(workspace.panoramas);
  for (const name of ["a", "b", "c"]) await Deno.remove(`${workspace.panoramas}/${name}.png`);
  const flags = [...tinyFlags(workspace, []), "--student", "tiny"];
  const { code, stderr } = await runTrain([...flags, "--out", `${workspace.folder}/run`]);
  equal(code, 1);
  match(stderr, /^Cannot use "folder:.*" as none of its 4 images is usable:/m);
  for (const [name, reason] of Object.entries(reasons)) {
    match(stderr, new RegExp(`${name}: ${reason.source}`));
  }
  deepEqual([...Deno.readDirSync(workspace.folder)].map(({ name }) => name).sort(), [
    "panoramas",
    "teacher.onnx",
  ]);
});

test("train goes on without the file of its first weights, which are in the checkpoint", async (workspace) => {
  const folder = `${workspace.folder}/run`;
  const init = `${workspace.folder}/first.safetensors`;
  const weights = filledWeights(findStudent("tiny"), { width: 0.25 });
  await writeWeights(init, weights, { metadata: {}, half: false });
  const flags = tinyFlags(workspace, [`student.init=${init}`, "logging.every=1"]);
  const first = await runTrain([...flags, "--student", "tiny", "--steps", "2", "--out", folder]);
  equal(first.code, 0, first.stderr);
  match(first.stdout, / before AbsRel /);
  await Deno.remove(init);
  const set = ["--set", "optim.clip=1"];
  const again = await runTrain(["--resume", folder, "--steps", "3", ...set]);
  equal(again.code, 0, again.stderr);
  match(again.stderr, /^From step 2 on optim\.clip is 1; it was 0$/m);
  match(await Deno.readTextFile(`${folder}/events.jsonl`), /"From step 2 on optim\.clip is 1; /);
  equal(JSON.parse(await Deno.readTextFile(`${folder}/config.json`)).config.optim.clip, 1);
  match(again.stdout, / step 2 AbsRel /);
  equal((await readLosses(folder)).length, 3);
});

test("train keeps resized panoramas in the cache folder, and reads them in a later run", async (workspace) => {
  const { folder, panoramas } = workspace;
  for (const name of ["a", "b", "c"]) {
    await writeWaves(`${panoramas}/${name}.png`, { seed: name.charCodeAt(0), height: 128 });
  }
  const env = { DEPTH_ANYWHERE_CACHE: `${folder}/cache` };
  const set = ["diskCache=1", "logging.every=1"];
  const flags = [...tinyFlags(workspace, set), "--student", "tiny", "--steps", "2"];
  const losses = [];
  for (const run of ["first", "second"]) {
    const { code, stderr } = await runTrain([...flags, "--out", `${folder}/${run}`], env);
    equal(code, 0, stderr);
    losses.push(await readLosses(`${folder}/${run}`));
    const kept = [...tree(`${folder}/cache/panoramas`)];
    equal(kept.length, 3);
    for (const name of kept) { // a run that reads them makes them young
      const { mtime } = await Deno.stat(`${folder}/cache/panoramas/${name}`);
      ok(Date.now() - mtime!.getTime() < 3_600_000, `${run}: ${name}`);
      await Deno.utime(`${folder}/cache/panoramas/${name}`, 1e9, 1e9);
    }
  }
  deepEqual(losses[1], losses[0]);
});
