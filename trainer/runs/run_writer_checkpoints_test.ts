import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { readRun, smokeRecord, writeEmptyCheckpoint } from "../../tests/helpers/run_folder.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { writeFileAtomic } from "../formats/atomic_file.ts";
import { latestCheckpoint } from "./run_reader.ts";
import { RunWriter } from "./run_writer.ts";

const test = folderTests(ignoreWithout({ read: true, write: true }));

test("RunWriter.checkpoint() names the latest and keeps the newest", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await smokeRecord("a"));
  for (const step of [3, 6, 9, 12]) {
    await run.checkpoint(step, (path) => writeFileAtomic(path, new Uint8Array([step])), 2);
  }
  const full = new Error("No space left on device (os error 28)");
  await rejects(
    run.checkpoint(15, () => Promise.reject(full)),
    /^Error: Cannot save the checkpoint of step 15: No space left .*; free some space and go on from step 12 with --resume .*\/a$/,
  );
  deepEqual(await latestCheckpoint(run.folder), {
    path: `${run.folder}/checkpoints/step-00000012.safetensors`,
    step: 12,
  });
  const names = Array.from(Deno.readDirSync(`${run.folder}/checkpoints`), ({ name }) => name)
    .sort();
  deepEqual(names, ["latest", "step-00000009.safetensors", "step-00000012.safetensors"]);
});

test("RunWriter.checkpoint() says what to do when the first one cannot be saved", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await smokeRecord("a"));
  Deno.writeTextFileSync(`${run.folder}/checkpoints`, "in the way");
  await rejects(
    run.checkpoint(3, writeEmptyCheckpoint),
    /^Error: Cannot save the checkpoint of step 3: .*; put that right and start anew: there is no checkpoint before it$/,
  );
});

test("RunWriter.checkpoint() goes on where an old one cannot be removed, and says it once", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await smokeRecord("a"));
  const stuck = `${run.folder}/checkpoints/step-00000001.safetensors`;
  Deno.mkdirSync(`${stuck}/not-empty`, { recursive: true });
  for (const step of [3, 6, 9]) await run.checkpoint(step, writeEmptyCheckpoint, 2);
  deepEqual(
    Array.from(Deno.readDirSync(`${run.folder}/checkpoints`), ({ name }) => name).sort(),
    ["latest", ...[1, 6, 9].map((step) => `step-0000000${step}.safetensors`)],
  );
  const { history: { alerts } } = await readRun(run.folder);
  equal(alerts.length, 1);
  match(alerts[0]!.text, /^Cannot remove the old checkpoint ".*\/step-00000001.safetensors": /);
});

test("RunWriter.checkpoint() counts none that a resume took back", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await smokeRecord("a"));
  for (const step of [3, 6, 9]) await run.checkpoint(step, writeEmptyCheckpoint);
  await run.checkpoint(5, writeEmptyCheckpoint, 2); // after a resume from 3
  deepEqual(
    Array.from(Deno.readDirSync(`${run.folder}/checkpoints`), ({ name }) => name).sort(),
    ["latest", ...[3, 5, 6, 9].map((step) => `step-0000000${step}.safetensors`)],
  );
  equal((await latestCheckpoint(run.folder)).step, 5);
});
