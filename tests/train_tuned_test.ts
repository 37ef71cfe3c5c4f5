import { deepEqual, doesNotMatch, equal, match, notDeepEqual, ok } from "node:assert/strict";
import {
  ignoreWithoutTraining,
  readLosses,
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
