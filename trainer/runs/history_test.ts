import { deepEqual, equal, ok } from "node:assert/strict";
import { decodeEvent, encodeEvent, type RunEvent, stepName } from "./events.ts";
import { RunHistory, thin } from "./history.ts";

function scalars(step: number, total: number): RunEvent {
  return { kind: "scalars", step, time: step * 1000, values: { "loss/total": total } };
}

Deno.test("decodeEvent() reads what encodeEvent() wrote, NaN and infinities too", () => {
  const event: RunEvent = {
    kind: "scalars",
    step: 3,
    time: 5,
    values: { a: NaN, b: -Infinity, c: 1 },
  };
  deepEqual(decodeEvent(encodeEvent(event)), event);
});

Deno.test("decodeEvent() skips torn lines and unknown kinds", () => {
  equal(decodeEvent(`{"kind":"scal`), undefined);
  equal(decodeEvent(`{"kind":"dance","step":1,"time":2}`), undefined);
  equal(decodeEvent(`{"kind":"state","state":"running"}`), undefined);
  equal(decodeEvent("null"), undefined);
  equal(decodeEvent(""), undefined);
});

Deno.test("stepName() sorts as text", () => {
  equal(stepName(500), "step-00000500");
});

Deno.test("RunHistory takes back the steps after the one that was resumed", () => {
  const history = new RunHistory();
  for (let step = 1; step <= 7; step++) history.add(scalars(step, step));
  history.add({ kind: "image", step: 4, time: 4, name: "a", path: "a" });
  history.add({ kind: "image", step: 7, time: 7, name: "b", path: "b" });
  history.add({ kind: "state", step: 7, time: 7, state: "failed" });
  history.add({ kind: "resumed", step: 5, time: 9 });
  history.add(scalars(6, 60));
  deepEqual(history.series.get("loss/total"), {
    steps: [1, 2, 3, 4, 5, 6],
    values: [1, 2, 3, 4, 5, 60],
  });
  deepEqual(history.images.map(({ name }) => name), ["a"]);
  equal(history.state, "running");
  equal(history.step, 6);
  equal(history.resumes, 1);
});

Deno.test("RunHistory puts numbers that come late where their step belongs", () => {
  const history = new RunHistory();
  for (const step of [10, 20, 0, 10]) history.add(scalars(step, history.step + step));
  deepEqual(history.series.get("loss/total"), { steps: [0, 10, 20], values: [20, 30, 30] });
});

Deno.test("RunHistory forgets a curve whose every step was taken back", () => {
  const history = new RunHistory();
  history.add(scalars(6, 1));
  history.add({ kind: "resumed", step: 5, time: 9 });
  equal(history.series.size, 0);
  equal(history.last("loss/total"), undefined);
});

Deno.test("thin() keeps the lowest, the highest, a NaN and the last point", () => {
  const steps = Array.from({ length: 5000 }, (_, i) => i);
  const values = steps.map((i) => Math.sin(i / 50));
  values[1234] = 9;
  values[2345] = -9;
  values[3456] = NaN;
  const thinned = thin({ steps, values }, 200);
  ok(thinned.steps.length <= 200);
  equal(thinned.steps.at(-1), 4999);
  for (const step of [1234, 2345, 3456]) ok(thinned.steps.includes(step), String(step));
  deepEqual([...thinned.steps].sort((a, b) => a - b), thinned.steps);
  deepEqual(thin({ steps: [1, 2], values: [3, 4] }, 200), { steps: [1, 2], values: [3, 4] });
});

Deno.test("RunHistory.restore() goes on from a snapshot that went through JSON", () => {
  const history = new RunHistory();
  for (let step = 1; step <= 3; step++) history.add(scalars(step, step === 2 ? NaN : step));
  history.add({ kind: "image", step: 2, time: 4, name: "a", path: "a" });
  const copy = RunHistory.restore(JSON.parse(JSON.stringify(history.snapshot(100))));
  deepEqual(copy, history);
  copy.add(scalars(4, 4));
  deepEqual(copy.series.get("loss/total")!.values, [1, NaN, 3, 4]);
});
