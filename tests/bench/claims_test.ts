import { deepEqual, equal, ok } from "node:assert/strict";
import { claimsOf } from "./claims.ts";
import type { Contest, Standing } from "./contest.ts";
import type { MemorySection, Sections } from "./result.ts";

function standing(name: string, wall: number, cpu: number): Standing {
  const exactly = (median: number) => ({ median, min: median, max: median });
  return { name, timesOwn: exactly(wall), cpuTimesOwn: exactly(cpu) };
}

function training(network: "equirect-half" | "unifuse", standings: Standing[]): Contest {
  const work = { kind: "training", network, batch: 4, height: 128, width: 1 } as const;
  return { work, text: network, rounds: 3, standings };
}

const sections: Sections = {
  training: [
    training("equirect-half", [
      standing("this project", 1, 1),
      standing("tfjs-webgpu", 20, 16),
      { name: "jax-js", skipped: "no adapter" },
    ]),
    training("unifuse", [
      standing("this project", 1, 1),
      standing("PyTorch CPU", 0.5, 0.1),
      standing("PyTorch CPU, 1 thread", 0.25, 0.125),
    ]),
  ],
};

const asPromised = { kind: "cpu", quick: false } as const;

function claim(part: string, kind: "cpu" | "gpu" = "cpu", quick = false) {
  return claimsOf(sections, { kind, quick }).find(({ claim }) => claim.includes(part))!;
}

Deno.test("claimsOf() judges a peer by the less favourable of wall and CPU time, and of its thread counts", () => {
  deepEqual(claim("tfjs-webgpu"), {
    claim: "half's training step, times faster than tfjs-webgpu",
    wanted: "at least 15",
    measured: "16",
    met: true,
  });
  const torch = claim("PyTorch");
  equal(torch.measured, "10");
  equal(torch.met, false);
});

Deno.test("claimsOf() says of a peer that it is wrong at this size", () => {
  const limited = { ...standing("tfjs-webgpu", 20, 16), wrong: "dw is off" };
  const half = training("equirect-half", [limited]);
  const about = claimsOf({ training: [half] }, asPromised).find(({ claim }) =>
    claim.includes("tfjs")
  )!;
  equal(about.measured, "16, but it is wrong here");
});

Deno.test("claimsOf() asks more of a rate that is counted as a direct convolution's but done by Winograd's tiles", () => {
  const pass = (rate: number, effective: boolean) => ({ rate, effective });
  const rates = {
    forward: pass(29, true),
    "input gradient": pass(29, false),
    "weight gradient": pass(13, false),
  };
  const work = {
    kind: "convolution",
    batch: 1,
    height: 8,
    width: 8,
    inputs: 64,
    outputs: 64,
    kernel: 3,
    stride: 1,
  } as const;
  const section = { peak: 50, convolutions: [{ work, text: "3x3", rates }] };
  const about = claimsOf({ rates: section }, asPromised)
    .filter(({ claim }) => claim.startsWith("convolution 3x3"));
  deepEqual(about.map(({ claim, wanted, met }) => [claim, wanted, met]), [
    ["convolution 3x3, forward, one core, effective", "at least 30 GFLOP/s", false],
    ["convolution 3x3, input gradient, one core", "at least 18 GFLOP/s", true],
    ["convolution 3x3, weight gradient, one core", "at least 14 GFLOP/s", false],
  ]);
});

Deno.test("claimsOf() leaves CPU time out where a GPU computes", () => {
  equal(claim("tfjs-webgpu", "gpu").measured, "20");
  equal(claim("PyTorch", "gpu").measured, "4");
});

Deno.test("claimsOf() neither meets nor breaks a promise that nothing was measured for", () => {
  const jax = claim("jax-js");
  equal(jax.measured, "not measured");
  equal(jax.met, undefined);
  ok(claimsOf({}, asPromised).every(({ met }) => met === undefined));
});

Deno.test("claimsOf() judges neither small sizes nor a GPU: nothing was promised of them", () => {
  for (const given of [claim("tfjs-webgpu", "cpu", true), claim("tfjs-webgpu", "gpu")]) {
    ok(Number(given.measured) > 15);
    equal("met" in given, false);
  }
});

Deno.test("claimsOf() holds the memory of a step against its limits, with and without recomputation", () => {
  const step = (gibibytes: number) =>
    ({ peakMemory: gibibytes * 2 ** 30 }) as MemorySection["kept"];
  const memory: MemorySection = { text: "a step", kept: step(3.9), recomputed: step(2.3) };
  const about = claimsOf({ memory }, asPromised).filter(({ claim }) => claim.startsWith("a step:"));
  deepEqual(about, [
    { claim: "a step: peak memory", wanted: "at most 4 GiB", measured: "3.9 GiB", met: true },
    {
      claim: "a step: peak memory with --recompute",
      wanted: "at most 2.2 GiB",
      measured: "2.3 GiB",
      met: false,
    },
  ]);
});

Deno.test("claimsOf() holds what a simulated device waits against 5 % of its time, in the later run", () => {
  const waiting = (deviceIdle: number) => ({ deviceIdle }) as NonNullable<Sections["feed"]>["warm"];
  const sizes = { height: 64, files: 1, names: 1, steps: 1, deviceMs: 200 };
  for (const [idle, measured, met] of [[9, "4.5 %", true], [11, "5.5 %", false]] as const) {
    const feed = { ...sizes, cold: waiting(100), warm: waiting(idle) };
    const about = claimsOf({ feed }, asPromised).find(({ claim }) => claim.startsWith("data:"))!;
    deepEqual([about.measured, about.met], [measured, met]);
  }
});
