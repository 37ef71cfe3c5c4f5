/**
 * What the project promises about its speed, checked against what was measured.
 *
 * @module
 */
import type { Contest } from "./contest.ts";
import { peerNames } from "./entries.ts";
import type { Machine } from "./machine.ts";
import type { Sections } from "./result.ts";

/** A promise. */
export interface Claim {
  readonly claim: string;
  readonly wanted: string;
  /** What was found, or why nothing was. */
  readonly measured: string;
  /** `undefined`: not measured. */
  readonly met?: boolean;
}

function atLeast(claim: string, least: number, value: number | undefined, unit: string): Claim {
  const wanted = `at least ${least}${unit}`;
  if (value === undefined) return { claim, wanted, measured: "not measured" };
  return { claim, wanted, measured: `${rounded(value)}${unit}`, met: value >= least };
}

function atMost(claim: string, most: number, value: number | undefined, unit: string): Claim {
  const wanted = `at most ${most}${unit}`;
  if (value === undefined) return { claim, wanted, measured: "not measured" };
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

/** The table. A quick bench has other sizes than were promised: its claims are not to be judged. */
export function claimsOf(sections: Sections, kind: Machine["kind"]): Claim[] {
  const { rates, training, inference, step, starts, memory } = sections;
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
  const share = step && 100 * step.convolutionRate / step.peaks.gflops;
  const perCore = (rates?.convolutions ?? [undefined]).flatMap((row) => {
    const of = row ? `convolution ${row.text}` : "convolutions";
    return [
      atLeast(`${of}, forward, one core`, 18, row?.rates.forward, " GFLOP/s"),
      atLeast(`${of}, input gradient, one core`, 18, row?.rates["input gradient"], " GFLOP/s"),
      atLeast(`${of}, weight gradient, one core`, 14, row?.rates["weight gradient"], " GFLOP/s"),
    ];
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
    atLeast("convolutions of a step, of the adapter's FMA peak", 50, share, " %"),
    atMost(
      `inference, times ${peerNames.ortWasm}`,
      2,
      inverse(peerTimes(inference?.[0], peerNames.ortWasm, kind)),
      "",
    ),
    atLeast(
      `inference, times faster than ${peerNames.ortWebgpu}`,
      10,
      peerTimes(inference?.[0], peerNames.ortWebgpu, kind),
      "",
    ),
    ...startClaims,
    atMost(
      `${memory?.text ?? "a large step"}: peak memory`,
      4,
      memory && memory.peakMemory / 2 ** 30,
      " GiB",
    ),
  ];
}
