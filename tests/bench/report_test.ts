import { doesNotMatch, match } from "node:assert/strict";
import type { Contest } from "./contest.ts";
import { reportText } from "./report.ts";
import { type BenchResult, resultFormat } from "./result.ts";

const exactly = (median: number) => ({ median, min: median, max: median });

const contest: Contest = {
  work: { kind: "inference", network: "equirect-half", batch: 1, height: 64, width: 1 },
  text: "half inference",
  rounds: 3,
  standings: [
    {
      name: "this project",
      versions: { deno: "2.9.6" },
      error: 0,
      seconds: { median: 0.0123, min: 0.01, max: 0.02 },
      cpuSeconds: exactly(0.02),
      timesOwn: exactly(1),
      cpuTimesOwn: exactly(1),
      peakMemory: 2e8,
    },
    {
      name: "a limited one",
      versions: {},
      error: 0.5,
      wrong: '"dw" is off by 5.0e-1 at this size, 1e-7 at a small one',
      seconds: exactly(1),
      cpuSeconds: exactly(2),
      timesOwn: exactly(80),
      cpuTimesOwn: exactly(100),
      peakMemory: 1e8,
    },
    { name: "PyTorch CPU", skipped: "no torch in python3" },
  ],
};

function result(kind: "cpu" | "gpu", quick = false): BenchResult {
  return {
    format: resultFormat,
    quick,
    machine: {
      adapter: "an adapter",
      kind,
      subgroups: true,
      cpu: "a processor",
      cores: 2,
      os: "linux x86_64",
      deno: "2.9.6",
      versions: {},
    },
    sections: { inference: [contest] },
    broken: { growth: "Cannot measure size: its process ended with 1" },
    occasions: {
      inference: {
        started: "2026-11-25T10:00:00Z",
        ended: "2026-11-25T10:01:30Z",
        load: [0.5, 1.25],
      },
    },
    figures: [],
    claims: [
      { claim: "a step", wanted: "at most 2 s", measured: "3 s", met: false },
      { claim: "a start", wanted: "at most 2 s", measured: "1 s", met: true },
      { claim: "memory", wanted: "at most 4 GiB", measured: "not measured" },
    ],
  };
}

Deno.test("reportText() shows times with their range, and why somebody was not timed", () => {
  const text = reportText(result("cpu"));
  match(text, /half inference, 3 rounds in turns/);
  match(
    text,
    /this project +12\.3 \(10 to 20\) +20 +1 \(1 to 1\) +1 \(1 to 1\) +0e\+0 +200 +deno 2\.9\.6/,
  );
  match(text, /PyTorch CPU +- .* no torch in python3/);
  match(
    text,
    /a limited one is wrong: "dw" is off by .* at a small one; its time may be that of less/,
  );
  match(text, /growth broke down: Cannot measure size/);
  match(text, /inference +2026-11-25T10:00 +1\.5 +0\.5 to 1\.25 +unknown/);
});

Deno.test("reportText() says what was promised and what came of it", () => {
  const text = reportText(result("cpu"));
  match(text, /a step +at most 2 s +3 s +NOT MET/);
  match(text, /a start +at most 2 s +1 s +met/);
  match(text, /^1 more are of sections that were left out$/m);
  doesNotMatch(text, /^memory/m);
  match(reportText(result("cpu", true)), /Promised, for other sizes than these small ones/);
  match(reportText(result("gpu")), /Promised, for software adapters/);
});

Deno.test("reportText() warns that a software adapter says nothing about GPUs", () => {
  match(reportText(result("cpu")), /an adapter, a software adapter: its ratios say nothing/);
  doesNotMatch(reportText(result("gpu")), /a software adapter: its ratios/);
});

Deno.test("reportText() lays out a start, cold beside warm, and the memory of a step both ways", () => {
  const start = (seconds: number) => ({
    spans: [
      { name: "program", from: 0, to: seconds, cpuSeconds: seconds / 2 },
      { name: "first step", from: seconds, to: 3 * seconds, cpuSeconds: seconds },
    ],
    pipelines: 102,
    firstDone: 3 * seconds,
    first: 2 * seconds,
    ordinary: exactly(0.5),
    peakMemory: 1e9,
    cpuSeconds: 2 * seconds,
  });
  const step = (bytes: number) => ({
    gpuMemory: bytes,
    seconds: 9,
    peakMemory: 2 * bytes,
    cpuSeconds: 8,
  });
  const text = reportText({
    ...result("cpu"),
    sections: {
      starts: [{ name: "a run", cold: start(4), warm: start(1) }],
      memory: { text: "large step", kept: step(3e9), recomputed: step(2e9) },
    },
  });
  match(text, /Start of a run, 102 pipelines/);
  match(text, /first step +4 to 12 +4 +1 to 3 +1$/m);
  match(text, /activations kept +3000 +6000 +9$/m);
  match(text, /--recompute +2000 +4000 +9$/m);
});
