import { deepEqual, doesNotMatch, equal, match, notDeepEqual, ok } from "node:assert/strict";
import { openGpu } from "../trainer/gpu/device.ts";
import { tunedTiles } from "../trainer/training/tiled_gpu.ts";
import type { TimeTiles } from "../trainer/training/tile_tuner.ts";
import {
  ignoreWithoutTraining,
  readLosses,
  tinyConfig,
  tinyFlags,
  workspaceTests,
} from "./helpers/tiny_training.ts";
import { runTrain } from "./helpers/train_command.ts";

const test = workspaceTests(ignoreWithoutTraining({ run: true }));

test("train times its tiles once, records them, and resumes with them to the bit", async (workspace) => {
  const folder = `${workspace.folder}/run`;
  const cache = `${workspace.folder}/cache`;
  const train = (args: readonly string[]) => runTrain(args, { DEPTH_ANYWHERE_CACHE: cache });
  const set = ["tune=always", "checkpoint.every=2", "logging.every=1"];
  const flags = [...tinyFlags(workspace, set), "--student", "tiny", "--steps", "4"];
  const first = await train([...flags, "--out", folder]);
  equal(first.code, 0, first.stderr);
  match(first.stderr, /^tiles +of (\d+) of \1 kinds of convolutions timed in \d+ s$/m);
  const { tiles } = JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
  ok(Object.keys(tiles).length > 3);
  const [file] = [...Deno.readDirSync(`${cache}/tiles`)];
  const path = `${cache}/tiles/${file!.name}`;
  const kept = JSON.parse(await Deno.readTextFile(path));
  deepEqual(kept.tiles, tiles);

  // What another training would choose today is nothing to one that goes on.
  const losses = await readLosses(folder);
  const other = Object.fromEntries(
    Object.entries(tiles).map(([bucket, name]) => {
      const weights = bucket.startsWith("weight gradient");
      const [usual, unusual] = weights ? ["8x8x16", "8x8x32"] : ["8x8x4", "8x8x2"];
      return [bucket, name === usual ? unusual : usual];
    }),
  );
  notDeepEqual(other, tiles);
  await Deno.writeTextFile(path, JSON.stringify({ ...kept, tiles: other }));
  const again = await train(["--resume", `${folder}/checkpoints/step-00000002.safetensors`]);
  equal(again.code, 0, again.stderr);
  doesNotMatch(again.stderr, /^tiles/m);
  deepEqual(await readLosses(folder), losses);
  deepEqual(JSON.parse(await Deno.readTextFile(`${folder}/config.json`)).tiles, tiles);

  const next = await train([...flags.slice(0, -1), "1", "--out", `${workspace.folder}/next`]);
  equal(next.code, 0, next.stderr);
  match(next.stderr, new RegExp(`^tiles +of \\d+ kinds of convolutions from ${path}$`, "m"));
  const record = JSON.parse(await Deno.readTextFile(`${workspace.folder}/next/config.json`));
  deepEqual(record.tiles, other);
});

/** Winograd's settings are the fastest. */
const byWinograd: TimeTiles = (_pass, _shape, names) =>
  Promise.resolve(names.map((name) => name.startsWith("winograd ") ? 1 : 2));

test("train with Winograd's convolutions, as chosen earlier on the adapter, resumes to the bit", async (workspace) => {
  const folder = `${workspace.folder}/run`;
  const cache = `${workspace.folder}/cache`;
  const set = ["tune=always", "student.name=unifuse", "student.width=0.25"];
  const gpu = await openGpu();
  const { tiles } = await tunedTiles(gpu, tinyConfig(workspace, set), cache, byWinograd);
  gpu.device.destroy();
  const counted = Object.entries(tiles!).filter(([, name]) => name.startsWith("winograd "));
  for (const pass of ["forward", "input gradient", "weight gradient"]) {
    ok(counted.some(([bucket]) => bucket.startsWith(`${pass} 3x3 stride 1, `)), pass);
  }

  const train = (args: readonly string[]) => runTrain(args, { DEPTH_ANYWHERE_CACHE: cache });
  const flags = tinyFlags(workspace, [...set, "checkpoint.every=1", "logging.every=1"]);
  const first = await train([...flags, "--steps", "2", "--out", folder]);
  equal(first.code, 0, first.stderr);
  match(first.stderr, /^tiles +of \d+ kinds of convolutions from /m);
  const losses = await readLosses(folder);
  await Deno.remove(cache, { recursive: true });
  const again = await train(["--resume", `${folder}/checkpoints/step-00000001.safetensors`]);
  equal(again.code, 0, again.stderr);
  deepEqual(await readLosses(folder), losses);
  deepEqual(JSON.parse(await Deno.readTextFile(`${folder}/config.json`)).tiles, tiles);
});
