import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { resolveConfig } from "../config/resolve.ts";
import { writeFileAtomic } from "../formats/atomic_file.ts";
import { writeSafetensors } from "../formats/safetensors_file.ts";
import { AppendLog } from "./append_log.ts";
import { encodeEvent } from "./events.ts";
import { RunClaim } from "./run_name.ts";
import { RunLock } from "./run_lock.ts";
import { latestCheckpoint, runNames, RunReader } from "./run_reader.ts";
import { describeRun, type RunRecord } from "./run_record.ts";
import { RunWriter } from "./run_writer.ts";

const test = folderTests(ignoreWithout({ read: true, write: true }));

function record(name: string): Promise<RunRecord> {
  return describeRun({
    name,
    config: resolveConfig({ preset: "smoke" }),
    adapter: { name: "test", kind: "cpu", subgroups: false },
    argv: ["--steps", "6"],
    teacherThreads: 2,
  });
}

async function read(folder: string): Promise<RunReader> {
  const reader = new RunReader(folder);
  await reader.refresh();
  return reader;
}

test("RunWriter writes a folder that RunReader reads", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await record("a"));
  run.scalars(1, { "loss/total": 0.5, "optim/lr": 1e-3 });
  run.scalars(2, { "loss/total": 0.25, "valid/rooms/affine/absRel": 0.2 });
  await run.image(2, "input.jpg", new Uint8Array([1, 2]), "the input");
  run.alert(2, "warn", "1 image skipped");
  run.state(2, "finished");
  const reader = await read(run.folder);
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
    async () => RunWriter.create(folder, await record("a")),
    /Cannot start a run in ".*" as it holds "notes.txt": choose another --out.*--resume/,
  );
});

test("RunWriter.create() writes nothing in a folder that another process begins a run in", async (folder) => {
  const first = await record("first");
  const both = await Promise.allSettled([
    RunWriter.create(`${folder}/a`, first),
    RunWriter.create(`${folder}/a`, await record("second")),
  ]);
  const reasons = both.flatMap((result) =>
    result.status === "rejected" ? (result.reason as Error).message : []
  );
  equal(reasons.length, 1);
  match(reasons[0]!, /^Cannot start a run in ".*"|as another process writes it/);
  const winner = both.findIndex(({ status }) => status === "fulfilled");
  equal((await (await read(`${folder}/a`)).record()).name, ["first", "second"][winner]);
  for (const result of both) {
    if (result.status === "fulfilled") result.value[Symbol.dispose]();
  }
});

test("RunWriter.resume() closes a torn line and takes later steps back", async (folder) => {
  {
    using run = await RunWriter.create(`${folder}/a`, await record("a"));
    for (let step = 1; step <= 7; step++) run.scalars(step, { "loss/total": step });
  }
  for (const file of ["events.jsonl", "metrics.csv"]) {
    Deno.writeTextFileSync(`${folder}/a/${file}`, file === "metrics.csv" ? "8,1" : `{"kind":"sc`, {
      append: true,
    });
  }
  using run = RunWriter.resume(`${folder}/a`, 5);
  run.scalars(6, { "loss/total": 60 });
  const { history } = await read(run.folder);
  deepEqual(history.series.get("loss/total")!.values, [1, 2, 3, 4, 5, 60]);
  const lines = Deno.readTextFileSync(`${run.folder}/events.jsonl`).split("\n");
  equal(lines[8], `{"kind":"sc`);
  match(lines[9]!, /^{"kind":"resumed","step":5/);
  const rows = Deno.readTextFileSync(`${run.folder}/metrics.csv`).trim().split("\n");
  deepEqual(rows.map((row) => row.split(",")[0]), ["step", "1", "2", "3", "4", "5", "6"]);
});

/** Writes what a resume can read. */
const whole = (path: string): Promise<void> => writeSafetensors(path, []);

test("RunWriter.checkpoint() names the latest and keeps the newest", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await record("a"));
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
  using run = await RunWriter.create(`${folder}/a`, await record("a"));
  Deno.writeTextFileSync(`${run.folder}/checkpoints`, "in the way");
  await rejects(
    run.checkpoint(3, whole),
    /^Error: Cannot save the checkpoint of step 3: .*; put that right and start anew: there is no checkpoint before it$/,
  );
});

test("RunWriter.checkpoint() goes on where an old one cannot be removed, and says it once", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await record("a"));
  const stuck = `${run.folder}/checkpoints/step-00000001.safetensors`;
  Deno.mkdirSync(`${stuck}/not-empty`, { recursive: true });
  for (const step of [3, 6, 9]) await run.checkpoint(step, whole, 2);
  deepEqual(
    Array.from(Deno.readDirSync(`${run.folder}/checkpoints`), ({ name }) => name).sort(),
    ["latest", ...[1, 6, 9].map((step) => `step-0000000${step}.safetensors`)],
  );
  const { history: { alerts } } = await read(run.folder);
  equal(alerts.length, 1);
  match(alerts[0]!.text, /^Cannot remove the old checkpoint ".*\/step-00000001.safetensors": /);
});

test("RunWriter.checkpoint() counts none that a resume took back", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await record("a"));
  for (const step of [3, 6, 9]) await run.checkpoint(step, whole);
  await run.checkpoint(5, whole, 2); // after a resume from 3
  deepEqual(
    Array.from(Deno.readDirSync(`${run.folder}/checkpoints`), ({ name }) => name).sort(),
    ["latest", ...[3, 5, 6, 9].map((step) => `step-0000000${step}.safetensors`)],
  );
  equal((await latestCheckpoint(run.folder)).step, 5);
});

test("latestCheckpoint() says why there is none", async (folder) => {
  await rejects(latestCheckpoint(folder), /is not a run folder: it has no config.json/);
  using run = await RunWriter.create(`${folder}/a`, await record("a"));
  await rejects(latestCheckpoint(run.folder), /has no checkpoint yet/);
  await run.checkpoint(3, whole);
  Deno.removeSync(`${run.folder}/checkpoints/step-00000003.safetensors`);
  await rejects(
    latestCheckpoint(run.folder),
    /latest checkpoint is missing: .*\/step-00000003\S*$/,
  );
  await run.checkpoint(6, whole);
  Deno.writeTextFileSync(`${run.folder}/checkpoints/latest`, "step-00000009.safetensors\n");
  const other = "name this one in its place: .*/step-00000006\\.safetensors$";
  await rejects(latestCheckpoint(run.folder), new RegExp(`is missing: .*; ${other}`));
  Deno.removeSync(`${run.folder}/checkpoints/latest`);
  await rejects(
    latestCheckpoint(run.folder),
    new RegExp(`checkpoints/latest names none; ${other}`),
  );
});

test("AppendLog says a full disk once, goes on, and closes the half line", (folder) => {
  const path = `${folder}/log`;
  const file = Deno.openSync(path, { append: true, create: true, read: true });
  let room = 6; // bytes left on the disk
  const full = Object.assign(file, {
    writeSync(bytes: Uint8Array): number {
      if (room === 0) throw new Error("No space left on device");
      const some = bytes.subarray(0, room);
      room -= some.length;
      return Deno.FsFile.prototype.writeSync.call(file, some);
    },
  });
  const said: unknown[] = [];
  const { error } = console;
  console.error = (text: unknown) => said.push(text);
  using log = new AppendLog(path, full);
  try {
    equal(log.line("one"), true);
    equal(log.line("two"), false);
    equal(log.line("three"), false);
    equal(log.lost, 2);
  } finally {
    console.error = error;
  }
  equal(said.length, 1);
  match(String(said[0]), /^Cannot log to ".*": No space left on device; training goes on$/);
  room = 100;
  equal(log.line("four"), true);
  equal(Deno.readTextFileSync(path), "one\ntw\nfour\n");
});

test("RunWriter goes on when a picture cannot be stored", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await record("a"));
  Deno.writeTextFileSync(`${run.folder}/media`, "in the way");
  const { error } = console;
  console.error = () => {};
  try {
    equal(await run.image(1, "input.jpg", new Uint8Array(1)), undefined);
    equal(await run.image(2, "input.jpg", new Uint8Array(1)), undefined);
  } finally {
    console.error = error;
  }
  const { history } = await read(run.folder);
  equal(history.alerts.length, 1);
  match(history.alerts[0]!.text, /Cannot store media\/step-00000001\/input.jpg/);
});

test("AppendLog refuses a file that another process writes", (folder) => {
  using _first = new AppendLog(`${folder}/a`);
  throws(() => new AppendLog(`${folder}/a`), /Cannot write ".*" as another process writes it/);
});

test("RunLock keeps a second resume out, from the first look at the run to the end of its writer", async (folder) => {
  const run = `${folder}/a`;
  {
    using writer = await RunWriter.create(run, await record("a"));
    await writer.checkpoint(3, whole);
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
    using writer = await RunWriter.create(run, await record("a"));
    for (const step of [3, 6, 9]) await writer.checkpoint(step, whole);
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

test("RunWriter.resume() lets go of the run where it cannot go on", async (folder) => {
  const run = `${folder}/a`;
  {
    using writer = await RunWriter.create(run, await record("a"));
    await writer.checkpoint(3, whole);
  }
  const held = Deno.openSync(`${run}/metrics.csv`, { append: true, read: true });
  held.lockSync(true);
  throws(() => RunWriter.resume(run, 3), /Cannot write ".*metrics.csv"/);
  held.close();
  using _lock = await RunLock.take(run);
});

test("RunWriter.fail() says why and where a run ended, once", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await record("a"));
  run.scalars(7, { "loss/total": 1 });
  run.alert(5, "warn", "of an earlier step");
  run.fail("The GPU was lost");
  run.fail("and what came of it");
  run.state(9, "finished");
  const { history } = await read(run.folder);
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

test("describeRun() takes the versions of packages from where they are pinned", async () => {
  const { versions } = await record("a");
  const pins: Record<string, string> =
    JSON.parse(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url))).imports;
  for (const name of ["onnxruntime-web", "sharp", "three"]) {
    equal(`npm:${name}@${versions[name]}`, pins[name]);
  }
  equal(versions.deno, Deno.version.deno);
});

test("RunReader calls a silent run stalled, however many steps it tells of at once", async (folder) => {
  const told = async (every: number): Promise<RunReader> => {
    const set = [`logging.every=${every}`];
    const config = resolveConfig({ preset: "smoke", set });
    using run = await RunWriter.create(`${folder}/${every}`, { ...await record("a"), config });
    run.scalars(every, { "time/step": 5 });
    return await read(run.folder);
  };
  const at = (reader: RunReader, seconds: number) => reader.status(Date.now() + 1000 * seconds);
  const slow = await told(50); // a line every 250 s
  deepEqual([at(slow, 0), at(slow, 700), at(slow, 800)], ["running", "running", "stalled"]);
  const quick = await told(1);
  deepEqual([at(quick, 110), at(quick, 130)], ["running", "stalled"]);
});

test("RunReader reads the configuration once, also of a run that does not say what it tells of together", async (folder) => {
  const of = await record("a");
  const { logging: _, ...config } = of.config;
  using run = await RunWriter.create(`${folder}/a`, { ...of, config: config as typeof of.config });
  run.scalars(1, { "time/step": 5 });
  const reader = await read(run.folder);
  const stalls = () => [140, 160].map((seconds) => reader.status(Date.now() + 1000 * seconds));
  deepEqual(stalls(), ["running", "stalled"]); // three times ten steps
  Deno.writeTextFileSync(`${run.folder}/config.json`, JSON.stringify(of)); // now it says two
  await reader.refresh();
  deepEqual(stalls(), ["running", "stalled"]);
});

test("RunReader takes a file that is touched for a sign of life, and RunWriter touches it", async (folder) => {
  const { setInterval } = globalThis;
  let beat: (() => void) | undefined;
  globalThis.setInterval = ((fn: () => void, time: number) => {
    beat = fn;
    return setInterval(() => {}, time);
  }) as unknown as typeof setInterval;
  using run = await RunWriter.create(`${folder}/a`, await record("a"));
  globalThis.setInterval = setInterval;
  const [hour, events] = [3600_000, `${run.folder}/events.jsonl`];
  const line = encodeEvent({ kind: "state", step: 0, time: Date.now() - hour, state: "running" });
  Deno.writeTextFileSync(events, line + "\n");
  Deno.utimeSync(events, new Date(Date.now() - hour), new Date(Date.now() - hour));
  equal((await read(run.folder)).status(), "stalled");
  beat!();
  equal((await read(run.folder)).status(), "running");
  equal(Deno.readTextFileSync(events), line + "\n");
});

test("RunReader waits for a line to be whole", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await record("a"));
  const reader = await read(run.folder);
  equal(reader.line, 1);
  const half = `{"kind":"alert","step":1,"time":1,"level":"info","text":"gr`;
  Deno.writeTextFileSync(`${run.folder}/events.jsonl`, half, { append: true });
  await reader.refresh();
  equal(reader.line, 1);
  Deno.writeTextFileSync(`${run.folder}/events.jsonl`, `üß"}\n`, { append: true });
  await reader.refresh();
  equal(reader.line, 2);
  equal(reader.history.alerts[0]!.text, "grüß");
});

test("RunReader takes every line in once, however many ask at the same time", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await record("a"));
  for (let step = 1; step <= 5000; step++) run.scalars(step, { "loss/total": step });
  const reader = new RunReader(run.folder);
  await Promise.all([reader.refresh(), reader.refresh(), reader.refresh()]);
  equal(reader.line, 5001);
  equal(reader.history.series.get("loss/total")!.steps.length, 5000);
});

test("RunClaim takes a free name, and gives it back where no run began", async (folder) => {
  const now = new Date(2026, 10, 3, 4, 5);
  const name = `${folder}/runs/unifuse-2026-11-03-0405`;
  {
    using first = RunClaim.take(`${folder}/runs`, "unifuse", now);
    using second = RunClaim.take(`${folder}/runs`, "unifuse", now);
    deepEqual([first.folder, second.folder], [name, `${name}-2`]);
    using _run = await RunWriter.create(second.folder, await record("b"));
  }
  deepEqual(await runNames(`${folder}/runs`), ["unifuse-2026-11-03-0405-2"]);
  deepEqual([...Deno.readDirSync(`${folder}/runs`)].length, 1);
});
