/**
 * What the project promises about its speed, checked against what was measured.
 *
 * @module
 */
import type { Contest } from "./contest.ts";
import { peerNames } from "./entries.ts";
import type { Machine } from "./machine.ts";
import type { MemorySection, Sections } from "./result.ts";

/** A promise. */
export interface Claim {
  readonly claim: string;
  readonly wanted: string;
  /** What was found, or why nothing was. */
  readonly measured: string;
  /** `undefined`: not measured, or not to be judged. */
  readonly met?: boolean;
}

/** Said of a promise whose section was left out. */
export const notMeasured = "not measured";

function atLeast(claim: string, least: number, value: number | undefined, unit: string): Claim {
  const wanted = `at least ${least}${unit}`;
  if (value === undefined) return { claim, wanted, measured: notMeasured };
  return { claim, wanted, measured: `${rounded(value)}${unit}`, met: value >= least };
}

function atMost(claim: string, most: number, value: number | undefined, unit: string): Claim {
  const wanted = `at most ${most}${unit}`;
  if (value === undefined) return { claim, wanted, measured: notMeasured };
  return { claim, wanted, measured: `${rounded(value)}${unit}`, met: value <= most };
}

function rounded(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

/**
 * How many times this project's time a peer took: the least of its thread counts, and of wall and CPU time where the
 * adapter is the CPU too, since a busy machine hits those hardest that use more threads.
 */
function peerTimes(contest: Contest | undefined, peer: string, kind: Machine["kind"]) {
  const standings = contest?.standings.filter(({ name }) => name.startsWith(peer)) ?? [];
  const times = standings.flatMap(({ timesOwn, cpuTimesOwn }) =>
    timesOwn && cpuTimesOwn
      ? kind === "cpu" ? [timesOwn.median, cpuTimesOwn.median] : [timesOwn.median]
      : []
  );
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** A claim about a peer, which says when that peer does not compute all of it here. */
function withPeer(claim: Claim, contest: Contest | undefined, peer: string): Claim {
  const wrong = contest?.standings.some(({ name, wrong }) => name.startsWith(peer) && wrong);
  return wrong ? { ...claim, measured: `${claim.measured}, but it is wrong here` } : claim;
}

function inverse(value: number | undefined): number | undefined {
  return value === undefined ? undefined : 1 / value;
}

/** GFLOP/s of one core that are promised of direct convolutions, and of those by Winograd's tiles counted as direct ones. */
const directRates = { forward: 18, "input gradient": 18, "weight gradient": 14 } as const;
const effectiveRate = 30;

/** The memory of a software adapter is the process's. */
function gibibytes(
  memory: MemorySection | undefined,
  what: string,
  most: number,
  measured: { readonly peakMemory: number } | undefined,
): Claim {
  const of = memory?.text ?? "a large step";
  return atMost(`${of}: ${what}`, most, measured && measured.peakMemory / 2 ** 30, " GiB");
}

/**
 * The table. All was promised of the full sizes on a software adapter: what a quick bench or a GPU measured stands in it,
 * but is not judged.
 */
export function claimsOf(
  sections: Sections,
  { kind, quick }: { readonly kind: Machine["kind"]; readonly quick: boolean },
): Claim[] {
  const claims = allClaims(sections, kind);
  if (kind === "cpu" && !quick) return claims;
  return claims.map(({ claim, wanted, measured }) => ({ claim, wanted, measured }));
}

function allClaims(sections: Sections, kind: Machine["kind"]): Claim[] {
  const { rates, training, inference, step, starts, memory, feed } = sections;
  const half = training?.find(({ work }) =>
    work.kind === "training" && work.network === "equirect-half"
  );
  const unifuse = training?.find(({ work }) =>
    work.kind === "training" && work.network === "unifuse"
  );
  const fasterThan = (contest: Contest | undefined, peer: string, least: number): Claim => {
    const claim = `half's training step, times faster than ${peer}`;
    return withPeer(atLeast(claim, least, peerTimes(contest, peer, kind), ""), contest, peer);
  };
  const share = step && 100 * step.convolutions.ofPeak.median;
  const perCore = (rates?.convolutions ?? [undefined]).flatMap((row) => {
    const of = row ? `convolution ${row.text}` : "convolutions";
    return Object.entries(directRates).map(([pass, direct]) => {
      const { rate, effective = false } = row?.rates[pass as keyof typeof directRates] ?? {};
      const claim = `${of}, ${pass}, one core${effective ? ", effective" : ""}`;
      return atLeast(claim, effective ? effectiveRate : direct, rate, " GFLOP/s");
    });
  });
  const startClaims = (starts ?? [undefined]).flatMap((start) => {
    const of = start?.name ?? "a run";
    const times = start && start.warm.first / start.warm.ordinary.median;
    return [
      atMost(`${of}: first step, warm shader cache, in ordinary steps`, 3, times, ""),
      atMost(`${of}: first step done after, cold shader cache`, 20, start?.cold.firstDone, " s"),
    ];
  });
  return [
    ...perCore,
    fasterThan(half, peerNames.tfjs, 15),
    fasterThan(half, peerNames.jax, 5),
    atMost(
      `UniFuse training step, times ${peerNames.torch}`,
      5,
      inverse(peerTimes(unifuse, peerNames.torch, kind)),
      "",
    ),
    atLeast("convolutions of a step, effective, of the adapter's FMA peak", 50, share, " %"),
    ...(inference ?? [undefined]).flatMap((contest) => {
      const of = contest?.text ?? "inference";
      const wasm = inverse(peerTimes(contest, peerNames.ortWasm, kind));
      const webgpu = peerTimes(contest, peerNames.ortWebgpu, kind);
      return [
        atMost(`${of}: times ${peerNames.ortWasm}`, 2, wasm, ""),
        atLeast(`${of}: times faster than ${peerNames.ortWebgpu}`, 10, webgpu, ""),
      ];
    }),
    ...startClaims,
    gibibytes(memory, "peak memory", 4, memory?.kept),
    gibibytes(memory, "peak memory with --recompute", 2.2, memory?.recomputed),
    atMost(
      `data: a simulated device of ${
        feed?.deviceMs ?? 300
      } ms a step waits, panoramas resized before`,
      5,
      feed && 100 * feed.warm.deviceIdle / feed.deviceMs,
      " %",
    ),
  ];
}
