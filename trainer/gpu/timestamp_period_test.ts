import { equal, ok } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { openGpu } from "./device.ts";
import { periodOf, type Reading, timestampPeriod } from "./timestamp_period.ts";

/** A reading at a moment, uncertain by 2 ms: two spans of 3 µs, by a clock of so many seconds a tick. */
function reading(at: number, period: number): Reading {
  const tick = (microseconds: number) =>
    BigInt(Math.floor((100 + at + microseconds / 1e6) / period));
  const spans = [0, 7].map((start) => ({ begin: tick(start), end: tick(start + 3) }));
  return { from: at - 0.001, to: at + 0.001, spans };
}

const readings = (period: number) => [reading(1, period), reading(1.2, period)] as const;

Deno.test("periodOf() takes a clock that may count nanoseconds for one that does, as the standard says", () => {
  equal(periodOf(...readings(1e-9)), 1e-9);
});

for (const period of [1e-8, 1e-9 * 1000 / 19.2]) {
  Deno.test(`periodOf() measures a clock of ${1e9 * period} ns a tick`, () => {
    const measured = periodOf(...readings(period))!;
    ok(Math.abs(measured / period - 1) < 0.01, `${measured}`);
  });
}

Deno.test("periodOf() refuses a clock in steps that are longer than dispatches", () => {
  for (const step of [65_536n, 100_000n]) {
    const [first, second] = readings(1e-9).map(({ spans, ...wall }) => {
      const rounded = (tick: bigint) => tick / step * step;
      const coarse = spans.map(({ begin, end }) => ({ begin: rounded(begin), end: rounded(end) }));
      return { ...wall, spans: coarse };
    });
    equal(periodOf(first!, second!), undefined);
  }
});

Deno.test("periodOf() refuses a clock that stands still or starts anew", () => {
  const [first, second] = readings(1e-9);
  equal(periodOf(first, { ...second, spans: first.spans }), undefined);
  const stopped = first.spans.map(() => ({ begin: 5n, end: 5n }));
  equal(periodOf({ ...first, spans: stopped }, { ...second, spans: stopped }), undefined);
  const zeros = first.spans.map(() => ({ begin: 0n, end: 0n }));
  equal(periodOf({ ...first, spans: zeros }, { ...second, spans: zeros }), undefined);
  equal(
    periodOf({ ...second, from: first.from, to: first.to }, { ...first, from: 3, to: 3 }),
    undefined,
  );
});

Deno.test("timestampPeriod() is measured once per device, and only where there are timestamps", async () => {
  const gpu = await testGpu();
  equal(await timestampPeriod({ ...gpu, timestamps: false }), undefined);
  const period = timestampPeriod(gpu);
  equal(timestampPeriod({ ...gpu, kind: "gpu" }), period);
  ok(timestampPeriod(await openGpu()) !== period);
  if (gpu.timestamps && gpu.kind === "cpu") equal(await period, 1e-9);
});
