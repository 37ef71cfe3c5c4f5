import { deepEqual, equal, match, ok } from "node:assert/strict";
import { encodeEvent, type RunEvent } from "@depth-anywhere/trainer/runs/events";
import { ignoreWithout } from "../tests/helpers/permissions.ts";
import { folderTests } from "../tests/helpers/temporary_folder.ts";
import { type App, createApp } from "./app.ts";

const inFolder = folderTests(ignoreWithout({ read: true, write: true }));
const page = { html: "<title>x</title>", css: "", script: "" };

/** A test with a folder of runs and the app that shows it. */
function test(name: string, fn: (runs: string, app: App) => Promise<void>): void {
  inFolder(name, async (folder) => {
    const runs = `${folder}/runs`;
    await fn(runs, createApp({ runs, page, pace: { poll: 5, heartbeat: 20 } }));
  });
}

function makeRun(folder: string, steps: number): void {
  Deno.mkdirSync(`${folder}/media/step-00000002`, { recursive: true });
  const record = { name: "a", created: "2026-01-01T00:00:00Z", config: { steps: 9, student: {} } };
  Deno.writeTextFileSync(`${folder}/config.json`, JSON.stringify(record));
  Deno.writeFileSync(`${folder}/media/step-00000002/input.jpg`, new Uint8Array([1, 2, 3]));
  for (let step = 1; step <= steps; step++) append(folder, scalars(step));
}

function scalars(step: number): RunEvent {
  return { kind: "scalars", step, time: Date.now(), values: { "loss/total": 1 / step } };
}

function append(folder: string, event: RunEvent): void {
  Deno.writeTextFileSync(`${folder}/events.jsonl`, encodeEvent(event) + "\n", { append: true });
}

/** Reads a stream of events until `enough`, then leaves it. */
async function listen(
  app: App,
  url: string,
  enough: (text: string) => boolean,
  headers: Record<string, string> = {},
): Promise<string> {
  const response = await app.request(url, { headers });
  equal(response.status, 200);
  match(response.headers.get("Content-Type")!, /^text\/event-stream/);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!enough(text)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader.cancel();
  return text;
}

function ids(text: string): number[] {
  return Array.from(text.matchAll(/^id: (\d+)$/gm), ([, id]) => Number(id));
}

test("GET /api/runs lists runs, and none where the folder is missing", async (runs, app) => {
  deepEqual(await (await app.request("/api/runs")).json(), { runs: [] });
  makeRun(`${runs}/a`, 3);
  Deno.mkdirSync(`${runs}/not-a-run`);
  const { runs: [run, ...others] } = await (await app.request("/api/runs")).json();
  equal(others.length, 0);
  deepEqual([run.name, run.status, run.step, run.steps, run.line], ["a", "running", 3, 9, 3]);
});

test("GET /api/runs/:id has the curves and the line they reach to", async (runs, app) => {
  makeRun(`${runs}/a`, 2);
  const run = await (await app.request("/api/runs/a")).json();
  deepEqual(run.series["loss/total"], { steps: [1, 2], values: [1, 0.5] });
  equal(run.line, 2);
  append(`${runs}/a`, { kind: "state", step: 2, time: Date.now(), state: "finished" });
  equal((await (await app.request("/api/runs/a")).json()).status, "finished");
});

test(
  "GET /api/runs shows a run of any configuration, and one whose config.json is broken",
  async (runs, app) => {
    for (
      const [name, text] of [["a", "{}"], ["b", `{"config":{"width":0.5}}`], ["c", "{"]] as const
    ) {
      makeRun(`${runs}/${name}`, 1);
      Deno.writeTextFileSync(`${runs}/${name}/config.json`, text);
      equal((await (await app.request(`/api/runs/${name}`)).json()).step, 1);
    }
    equal((await (await app.request("/api/runs")).json()).runs.length, 3);
  },
);

test("GET events sends every line with its number, then the new ones", async (runs, app) => {
  makeRun(`${runs}/a`, 2);
  const listening = listen(app, "/api/runs/a/events", (text) => text.includes("id: 4"));
  append(`${runs}/a`, scalars(3));
  await new Promise((resolve) => setTimeout(resolve, 30));
  append(`${runs}/a`, scalars(4));
  const text = await listening;
  deepEqual(ids(text), [1, 2, 3, 4]);
  match(text, /event: status\ndata: running/);
});

test("GET events resumes after Last-Event-ID, which stands above ?after", async (runs, app) => {
  makeRun(`${runs}/a`, 4);
  const enough = (text: string) => text.includes("id: 4");
  deepEqual(ids(await listen(app, "/api/runs/a/events?after=2", enough)), [3, 4]);
  const headers = { "Last-Event-ID": "3" };
  deepEqual(ids(await listen(app, "/api/runs/a/events?after=2", enough, headers)), [4]);
});

test("GET events skips torn lines but counts them", async (runs, app) => {
  makeRun(`${runs}/a`, 1);
  Deno.writeTextFileSync(`${runs}/a/events.jsonl`, `{"kind":"sc\n`, { append: true });
  append(`${runs}/a`, scalars(2));
  deepEqual(ids(await listen(app, "/api/runs/a/events", (t) => t.includes("id: 3"))), [1, 3]);
});

test("GET events keeps the connection alive", async (runs, app) => {
  makeRun(`${runs}/a`, 1);
  const beats = (text: string) => text.match(/event: status/g)?.length ?? 0;
  ok(beats(await listen(app, "/api/runs/a/events", (text) => beats(text) >= 3)) >= 3);
});

test("GET events says that the file is another one", async (runs, app) => {
  makeRun(`${runs}/a`, 3);
  match(await listen(app, "/api/runs/a/events?after=7", () => false), /event: reset/);
  const listening = listen(app, "/api/runs/a/events", () => false);
  await new Promise((resolve) => setTimeout(resolve, 30));
  Deno.writeTextFileSync(`${runs}/a/events.jsonl`, encodeEvent(scalars(1)) + "\n");
  match(await listening, /event: reset/);
});

test("GET media serves pictures and nothing else", async (runs, app) => {
  makeRun(`${runs}/a`, 1);
  const folder = `${runs}/a/media`;
  Deno.writeTextFileSync(`${runs}/secret.jpg`, "secret");
  Deno.writeTextFileSync(`${folder}/notes.txt`, "text");
  Deno.symlinkSync(`${runs}/secret.jpg`, `${folder}/link.jpg`);
  const picture = await app.request("/api/runs/a/media/step-00000002/input.jpg");
  equal(picture.status, 200);
  equal(picture.headers.get("Content-Type"), "image/jpeg");
  deepEqual(await picture.bytes(), new Uint8Array([1, 2, 3]));
  for (
    const path of [
      "a/media/link.jpg",
      "a/media/notes.txt",
      "a/media/absent.jpg",
      "a/media/step-00000002",
      "a/media/..%2f..%2fsecret.jpg",
      "a/media/%2e%2e/%2e%2e/secret.jpg",
      "a/media/step-00000002/..%5c..%5csecret.jpg",
      "..%2fruns/media/link.jpg",
      "%2e%2e",
      "a%00",
      "absent",
      "absent/events",
    ]
  ) {
    const response = await app.request(`/api/runs/${path}`);
    equal(response.status, 404, path);
    await response.body?.cancel();
  }
});

test("The page allows no foreign scripts", async (_, app) => {
  const response = await app.request("/");
  match(await response.text(), /<title>/);
  match(response.headers.get("Content-Security-Policy")!, /default-src 'self'/);
  equal((await app.request("/api/runs/a/events?after=x")).status, 404);
  equal((await app.request("/nothing")).status, 404);
});

test("An app for this machine alone answers under its names only", async (runs) => {
  makeRun(`${runs}/a`, 1);
  const status = async (app: App, url: string): Promise<number> => {
    const response = await app.request(url);
    await response.body?.cancel();
    return response.status;
  };
  const local = createApp({ runs, page, local: true });
  const paths = [
    "/",
    "/api/runs",
    "/api/runs/a/events",
    "/api/runs/a/media/step-00000002/input.jpg",
  ];
  for (const path of paths) {
    equal(await status(local, `http://rebound.example:8360${path}`), 403, path);
    equal(await status(local, `http://192.168.0.2:8360${path}`), 403, path);
    equal(await status(local, `http://127.0.0.1.example:8360${path}`), 403, path);
    for (const name of ["localhost", "127.0.0.1", "[::1]"]) {
      equal(await status(local, `http://${name}:9000${path}`), 200, path);
    }
  }
  const error = (await (await local.request("http://rebound.example/")).json()).error;
  match(
    error,
    /under the name "rebound\.example" .* open the page as localhost .*--host 0\.0\.0\.0/,
  );
  equal(await status(createApp({ runs, page }), "http://my-machine:8360/api/runs"), 200);
});
