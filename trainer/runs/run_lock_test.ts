import { deepEqual, equal, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { smokeRecord, writeEmptyCheckpoint } from "../../tests/helpers/run_folder.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { RunLock } from "./run_lock.ts";
import { RunWriter } from "./run_writer.ts";

const test = folderTests(ignoreWithout({ read: true, write: true }));

test("RunLock keeps a second resume out, from the first look at the run to the end of its writer", async (folder) => {
  const run = `${folder}/a`;
  {
    using writer = await RunWriter.create(run, await smokeRecord("a"));
    await writer.checkpoint(3, writeEmptyCheckpoint);
    await rejects(RunLock.take(run), /as another process writes it/);
  }
  const before = Deno.readTextFileSync(`${run}/events.jsonl`);
  {
    using _looking = await RunLock.take(run);
    await rejects(RunLock.take(run), /as another process writes it/);
  }
  equal(Deno.readTextFileSync(`${run}/events.jsonl`), before); // whoever only looked left nothing
  {
    using lock = await RunLock.take(run);
    using _writer = RunWriter.resume(lock, 3);
    await rejects(RunLock.take(run), /as another process writes it/);
  }
  using _again = await RunLock.take(run);
});

test("RunLock goes on from any checkpoint of a run, and names an older one for a damaged one", async (folder) => {
  const run = `${folder}/a`;
  const path = (step: number): string => `${run}/checkpoints/step-0000000${step}.safetensors`;
  {
    using writer = await RunWriter.create(run, await smokeRecord("a"));
    for (const step of [3, 6, 9]) await writer.checkpoint(step, writeEmptyCheckpoint);
  }
  const resumed = async (from: string): Promise<unknown[]> => {
    using lock = await RunLock.take(from);
    return [lock.folder, lock.checkpoint];
  };
  deepEqual(await resumed(run), [run, { path: path(9), step: 9 }]);
  deepEqual(await resumed(path(3)), [run, { path: path(3), step: 3 }]);
  await rejects(RunLock.take(path(4)), /Cannot resume ".*\/a" from ".*" as there is no such file/);
  for (const step of [6, 9]) Deno.truncateSync(path(step), 5);
  await rejects(
    RunLock.take(run),
    new RegExp(`^Error: Cannot resume ".*/a" at step 9: .* short.*; go on .* --resume ${path(3)}$`),
  );
  deepEqual(await resumed(path(3)), [run, { path: path(3), step: 3 }]); // the lock was let go
  Deno.truncateSync(path(3), 5);
  await rejects(RunLock.take(run), /no older one is whole: start it anew in another folder$/);
});

test("RunLock makes nothing in a folder that is no run", async (folder) => {
  await rejects(RunLock.take(folder), /is not a run folder: it has no config.json/);
  deepEqual([...Deno.readDirSync(folder)], []);
});
