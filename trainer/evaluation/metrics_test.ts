import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { meanMetrics, measure, measureConstant, type Sample } from "./metrics.ts";
import { protocol, type ProtocolName } from "./metrics_protocol.ts";

const distance = [1, 2, 4, 8, 3, 0, 12];
const paper = protocol("paper");
const released = protocol("released");

function disparity(scale: number, shift: number): Sample {
  return {
    kind: "disparity",
    prediction: distance.map((d) => d > 0 ? scale / d + shift : 5),
    distance,
  };
}

Deno.test("measure() of a scaled disparity is perfect under median and affine", () => {
  for (const alignment of ["median", "affine"] as const) {
    const m = measure(disparity(3, 0), { protocol: paper, alignment })!;
    ok(m.absRel < 1e-12 && m.rmse < 1e-11 && m.delta1 === 1, alignment);
  }
});

Deno.test("measure() of a shifted disparity is perfect under affine only", () => {
  const sample = disparity(2, 0.5);
  ok(measure(sample, { protocol: paper, alignment: "affine" })!.absRel < 1e-12);
  ok(measure(sample, { protocol: paper, alignment: "median" })!.absRel > 0.1);
});

Deno.test("measure() computes each error by its definition", () => {
  const sample: Sample = { kind: "distance", prediction: [2, 2], distance: [1, 4] };
  const m = measure(sample, { protocol: paper })!;
  equal(m.absRel, (1 + 0.5) / 2);
  equal(m.sqRel, (1 + 1) / 2);
  equal(m.mae, 1.5);
  equal(m.rmse, Math.sqrt((1 + 4) / 2));
  ok(Math.abs(m.log10 - Math.log10(2)) < 1e-15);
  ok(Math.abs(m.rmseLog - Math.hypot(Math.log10(3 / 2), Math.log10(3 / 5)) / Math.SQRT2) < 1e-15);
  deepEqual([m.delta1, m.delta2, m.delta3], [0, 0, 0]); // both ratios are 2 > 1.25³
});

Deno.test("measure() leaves out unknown, far and masked pixels, and is undefined without any", () => {
  const prediction = [1, 100, 100, 100];
  const sample = {
    kind: "distance",
    prediction,
    distance: [1, 0, 11, 5],
    mask: [1, 1, 1, 0],
  } as const;
  equal(measure(sample, { protocol: paper })!.absRel, 0);
  equal(measure({ ...sample, mask: [0, 1, 1, 0] }, { protocol: paper }), undefined);
  ok(measure(sample, { protocol: protocol("paper", 80) })!.absRel > 0, "11 m count outdoors");
});

Deno.test("an aligned disparity below 0 is far under paper and near under released", () => {
  const far: Sample = { kind: "disparity", prediction: [-1, 1], distance: [9, 1] };
  ok(measure(far, { protocol: paper })!.absRel < 0.06, "9 m against 10 m");
  ok(measure(far, { protocol: released })!.absRel > 0.45, "9 m against 0.1 m");
});

Deno.test("a flat prediction scores like measureConstant(), never NaN", () => {
  const flat: Sample = { kind: "disparity", prediction: distance.map(() => 0.25), distance };
  for (const name of ["paper", "released"] as ProtocolName[]) {
    const rules = protocol(name);
    const constant = measureConstant(flat, rules)!;
    for (const alignment of ["median", "affine"] as const) {
      const m = measure(flat, { protocol: rules, alignment })!;
      ok(Math.abs(m.absRel - constant.absRel) < 1e-12, `${name} ${alignment}`);
    }
  }
});

Deno.test("meanMetrics() counts images alike and leaves out empty ones", () => {
  const one = measure({ kind: "distance", prediction: [1], distance: [1] }, { protocol: paper });
  const two = measure({ kind: "distance", prediction: [3, 3], distance: [2, 2] }, {
    protocol: paper,
  });
  equal(meanMetrics([one, undefined, two])!.absRel, 0.25);
  equal(meanMetrics([undefined]), undefined);
});

Deno.test("measure() and protocol() refuse what does not fit", () => {
  throws(
    () => measure({ kind: "distance", prediction: [1], distance: [1, 2] }, { protocol: paper }),
    RangeError,
  );
  throws(
    () =>
      measure({ kind: "distance", prediction: [1], distance: [1] }, {
        protocol: paper,
        alignment: "affine",
      }),
    /affine fit/,
  );
  throws(() => protocol("paper", 0), /current maximum is 0/);
  throws(() => protocol("panda" as ProtocolName), /unknown/);
});
