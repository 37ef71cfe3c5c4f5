/**
 * How long a tick of the GPU's clock is, and whether the clock is fine enough to time a dispatch by.
 *
 * WebGPU says nanoseconds. Deno 2.9 gives what the hardware counts (wgpu's automatic normalization is off): about 1 ns on
 * NVIDIA, 10 ns on AMD, 52 or 83 ns on Intel; so it is measured against the wall clock. Browsers give nanoseconds in steps of
 * 65 or 100 µs, as a precaution against spying: longer than most dispatches.
 *
 * @module
 */
import type { Gpu } from "./device.ts";
import { elapsed } from "./elapsed.ts";
import { type Span, stamp } from "./timestamps.ts";

/** A reading of the GPU's clock, and the seconds of the wall clock that it lies between. */
export interface Reading {
  readonly from: number;
  readonly to: number;
  readonly spans: readonly Span[];
}

/** Milliseconds between two readings: they are uncertain by one or so. */
const apart = 200;

/** Spans of a reading: several, so that the steps of the clock show. */
const spansRead = 8;

/** Seconds that a clock may advance at once. Dispatches take some microseconds at least. */
const finest = 1e-6;

const nanosecond = 1e-9;

const periods = new WeakMap<GPUDevice, Promise<number | undefined>>();

/** Seconds of a tick; `undefined` where there are no timestamps, or none to time dispatches by. Measured once per device. */
export function timestampPeriod(gpu: Gpu): Promise<number | undefined> {
  if (!gpu.timestamps) return Promise.resolve(undefined);
  const known = periods.get(gpu.device);
  if (known) return known;
  const measured = measure(gpu);
  periods.set(gpu.device, measured);
  measured.catch(() => periods.delete(gpu.device)); // who asked is told; others may try again
  return measured;
}

async function measure(gpu: Gpu): Promise<number | undefined> {
  await gpu.device.queue.onSubmittedWorkDone();
  await read(gpu); // compiles
  const first = await read(gpu);
  await new Promise((resolve) => setTimeout(resolve, apart));
  return periodOf(first, await read(gpu));
}

async function read(gpu: Gpu): Promise<Reading> {
  let [from, to] = [0, 0];
  const spans = await stamp(gpu, spansRead, ({ around }) => {
    for (let span = 0; span < spansRead; span++) around(span, () => {});
  }, async (work) => {
    from = performance.now() / 1000;
    to = from + await elapsed(gpu.device, () => gpu.device.queue.submit([work]));
  });
  return { from, to, spans };
}

/** What two readings tell of the clock; see {@link timestampPeriod}. */
export function periodOf(first: Reading, second: Reading): number | undefined {
  const ticks = [first, second].flatMap(({ spans }) =>
    spans.flatMap(({ begin, end }) => [begin, end])
  );
  const steps = ticks.slice(1).map((tick, i) => tick - ticks[i]!);
  const between = Number(second.spans[0]!.begin - first.spans[0]!.begin);
  if (ticks[0] === 0n || between === 0 || steps.some((step) => step < 0n)) return undefined;
  const [least, most] = [second.from - first.to, second.to - first.from].map((s) => s / between);
  const standard = least! <= nanosecond && nanosecond <= most!;
  const period = standard ? nanosecond : (least! + most!) / 2;
  return Number(steps.reduce(greatestDivisor)) * period > finest ? undefined : period;
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}
