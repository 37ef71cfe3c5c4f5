import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { readRun, smokeRecord, writeEmptyCheckpoint } from "../../tests/helpers/run_folder.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { RunLock } from "./run_lock.ts";
import { runNames } from "./run_reader.ts";
import { RunWriter } from "./run_writer.ts";

const test = folderTests(ignoreWithout({ read: true, write: true }));

test("RunWriter writes a folder that RunReader reads", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await smokeRecord("a"));
  run.scalars(1, { "loss/total": 0.5, "optim/lr": 1e-3 });
  run.scalars(2, { "loss/total": 0.25, "valid/rooms/affine/absRel": 0.2 });
  await run.image(2, "input.jpg", new Uint8Array([1, 2]), "the input");
  run.alert(2, "warn", "1 image skipped");
  run.state(2, "finished");
  const reader = await readRun(run.folder);
  deepEqual(reader.history.series.get("loss/total"), { steps: [1, 2], values: [0.5, 0.25] });
  deepEqual(reader.history.images[0]!.path, "media/step-00000002/input.jpg");
  equal(reader.history.alerts[0]!.text, "1 image skipped");
  equal(reader.status(), "finished");
  equal((await reader.record()).config.steps, 6);
  deepEqual(await runNames(folder), ["a"]);
  const rows = Deno.readTextFileSync(`${run.folder}/metrics.csv`).replace(/\b\d{13}\b/g, "T");
  equal(
    rows,
    "step,time,loss/total,optim/lr,valid/rooms/affine/absRel\n1,T,0.5,0.001,\n2,T,0.25,,0.2\n",
  );
});

test("RunWriter.create() refuses a folder that holds something", async (folder) => {
  Deno.writeTextFileSync(`${folder}/notes.txt`, "mine");
  await rejects(
    async () => RunWriter.create(folder, await smokeRecord("a")),
    /Cannot start a run in ".*" as it holds "notes.txt": choose another --out.*--resume/,
  );
});

test("RunWriter.create() writes nothing in a folder that another process begins a run in", async (folder) => {
  const first = await smokeRecord("first");
  const both = await Promise.allSettled([
    RunWriter.create(`${folder}/a`, first),
    RunWriter.create(`${folder}/a`, await smokeRecord("second")),
  ]);
  const reasons = both.flatMap((result) =>
    result.status === "rejected" ? (result.reason as Error).message : []
  );
  equal(reasons.length, 1);
  match(reasons[0]!, /^Cannot start a run in ".*"|as another process writes it/);
  const winner = both.findIndex(({ status }) => status === "fulfilled");
  equal((await (await readRun(`${folder}/a`)).record()).name, ["first", "second"][winner]);
  for (const result of both) {
    if (result.status === "fulfilled") result.value[Symbol.dispose]();
  }
});

test("RunWriter.resume() closes a torn line and takes later steps back", async (folder) => {
  {
    using run = await RunWriter.create(`${folder}/a`, await smokeRecord("a"));
    for (let step = 1; step <= 7; step++) run.scalars(step, { "loss/total": step });
  }
  for (const file of ["events.jsonl", "metrics.csv"]) {
    Deno.writeTextFileSync(`${folder}/a/${file}`, file === "metrics.csv" ? "8,1" : `{"kind":"sc`, {
      append: true,
    });
  }
  using run = RunWriter.resume(`${folder}/a`, 5);
  run.scalars(6, { "loss/total": 60 });
  const { history } = await readRun(run.folder);
  deepEqual(history.series.get("loss/total")!.values, [1, 2, 3, 4, 5, 60]);
  const lines = Deno.readTextFileSync(`${run.folder}/events.jsonl`).split("\n");
  equal(lines[8], `{"kind":"sc`);
  match(lines[9]!, /^{"kind":"resumed","step":5/);
  const rows = Deno.readTextFileSync(`${run.folder}/metrics.csv`).trim().split("\n");
  deepEqual(rows.map((row) => row.split(",")[0]), ["step", "1", "2", "3", "4", "5", "6"]);
});

test("RunWriter.resume() lets go of the run where it cannot go on", async (folder) => {
  const run = `${folder}/a`;
  {
    using writer = await RunWriter.create(run, await smokeRecord("a"));
    await writer.checkpoint(3, writeEmptyCheckpoint);
  }
  const held = Deno.openSync(`${run}/metrics.csv`, { append: true, read: true });
  held.lockSync(true);
  throws(() => RunWriter.resume(run, 3), /Cannot write ".*metrics.csv"/);
  held.close();
  using _lock = await RunLock.take(run);
});

test("RunWriter goes on when a picture cannot be stored", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await smokeRecord("a"));
  Deno.writeTextFileSync(`${run.folder}/media`, "in the way");
  const { error } = console;
  console.error = () => {};
  try {
    equal(await run.image(1, "input.jpg", new Uint8Array(1)), undefined);
    equal(await run.image(2, "input.jpg", new Uint8Array(1)), undefined);
  } finally {
    console.error = error;
  }
  const { history } = await readRun(run.folder);
  equal(history.alerts.length, 1);
  match(history.alerts[0]!.text, /Cannot store media\/step-00000001\/input.jpg/);
});

test("RunWriter.fail() says why and where a run ended, once", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await smokeRecord("a"));
  run.scalars(7, { "loss/total": 1 });
  run.alert(5, "warn", "of an earlier step");
  run.fail("The GPU was lost");
  run.fail("and what came of it");
  run.state(9, "finished");
  const { history } = await readRun(run.folder);
  deepEqual([history.state, history.step], ["failed", 7]);
  deepEqual(
    history.alerts.filter(({ level }) => level === "error").map(({ step, text }) => [step, text]),
    [
      [7, "The GPU was lost"],
    ],
  );
  const last = Deno.readTextFileSync(`${run.folder}/events.jsonl`).trim().split("\n").at(-1)!;
  match(last, /^{"kind":"state","step":7,"time":\d+,"state":"failed"}$/);
});
