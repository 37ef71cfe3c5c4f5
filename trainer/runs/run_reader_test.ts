import { deepEqual, equal, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { readRun, smokeRecord, writeEmptyCheckpoint } from "../../tests/helpers/run_folder.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { resolveConfig } from "../config/resolve.ts";
import { encodeEvent } from "./events.ts";
import { latestCheckpoint, RunReader } from "./run_reader.ts";
import { RunWriter } from "./run_writer.ts";

const test = folderTests(ignoreWithout({ read: true, write: true }));

test("RunReader waits for a line to be whole", async (folder) => {
  using run = await RunWriter.create(`${folder}/a`, await smokeRecord("a"));
  const reader = await readRun(run.folder);
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
  using run = await RunWriter.create(`${folder}/a`, await smokeRecord("a"));
  for (let step = 1; step <= 5000; step++) run.scalars(step, { "loss/total": step });
  const reader = new RunReader(run.folder);
  await Promise.all([reader.refresh(), reader.refresh(), reader.refresh()]);
  equal(reader.line, 5001);
  equal(reader.history.series.get("loss/total")!.steps.length, 5000);
});

test("RunReader reads the configuration once, also of a run that does not say what it tells of together", async (folder) => {
  const of = await smokeRecord("a");
  const { logging: _, ...config } = of.config;
  using run = await RunWriter.create(`${folder}/a`, { ...of, config: config as typeof of.config });
  run.scalars(1, { "time/step": 5 });
  const reader = await readRun(run.folder);
  const stalls = () => [140, 160].map((seconds) => reader.status(Date.now() + 1000 * seconds));
  deepEqual(stalls(), ["running", "stalled"]); // three times ten steps
  Deno.writeTextFileSync(`${run.folder}/config.json`, JSON.stringify(of)); // now it says two
  await reader.refresh();
  deepEqual(stalls(), ["running", "stalled"]);
});

test("RunReader calls a silent run stalled, however many steps it tells of at once", async (folder) => {
  const told = async (every: number): Promise<RunReader> => {
    const set = [`logging.every=${every}`];
    const config = resolveConfig({ preset: "smoke", set });
    using run = await RunWriter.create(`${folder}/${every}`, { ...await smokeRecord("a"), config });
    run.scalars(every, { "time/step": 5 });
    return await readRun(run.folder);
  };
  const at = (reader: RunReader, seconds: number) => reader.status(Date.now() + 1000 * seconds);
  const slow = await told(50); // a line every 250 s
  deepEqual([at(slow, 0), at(slow, 700), at(slow, 800)], ["running", "running", "stalled"]);
  const quick = await told(1);
  deepEqual([at(quick, 110), at(quick, 130)], ["running", "stalled"]);
});

test("RunReader takes a file that is touched for a sign of life, and RunWriter touches it", async (folder) => {
  const { setInterval } = globalThis;
  let beat: (() => void) | undefined;
  globalThis.setInterval = ((fn: () => void, time: number) => {
    beat = fn;
    return setInterval(() => {}, time);
  }) as unknown as typeof setInterval;
  using run = await RunWriter.create(`${folder}/a`, await smokeRecord("a"));
  globalThis.setInterval = setInterval;
  const [hour, events] = [3600_000, `${run.folder}/events.jsonl`];
  const line = encodeEvent({ kind: "state", step: 0, time: Date.now() - hour, state: "running" });
  Deno.writeTextFileSync(events, line + "\n");
  Deno.utimeSync(events, new Date(Date.now() - hour), new Date(Date.now() - hour));
  equal((await readRun(run.folder)).status(), "stalled");
  beat!();
  equal((await readRun(run.folder)).status(), "running");
  equal(Deno.readTextFileSync(events), line + "\n");
});

test("latestCheckpoint() says why there is none", async (folder) => {
  await rejects(latestCheckpoint(folder), /is not a run folder: it has no config.json/);
  using run = await RunWriter.create(`${folder}/a`, await smokeRecord("a"));
  await rejects(latestCheckpoint(run.folder), /has no checkpoint yet/);
  await run.checkpoint(3, writeEmptyCheckpoint);
  Deno.removeSync(`${run.folder}/checkpoints/step-00000003.safetensors`);
  await rejects(
    latestCheckpoint(run.folder),
    /latest checkpoint is missing: .*\/step-00000003\S*$/,
  );
  await run.checkpoint(6, writeEmptyCheckpoint);
  Deno.writeTextFileSync(`${run.folder}/checkpoints/latest`, "step-00000009.safetensors\n");
  const other = "name this one in its place: .*/step-00000006\\.safetensors$";
  await rejects(latestCheckpoint(run.folder), new RegExp(`is missing: .*; ${other}`));
  Deno.removeSync(`${run.folder}/checkpoints/latest`);
  await rejects(
    latestCheckpoint(run.folder),
    new RegExp(`checkpoints/latest names none; ${other}`),
  );
});
