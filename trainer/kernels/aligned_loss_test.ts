import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { centralDifference } from "../../tests/helpers/central_difference.ts";
import { fill, type Filled, withValues } from "../../tests/helpers/fill.ts";
import { runOp, testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { alignedLoss, type LossAlignment } from "./aligned_loss.ts";
import { alignedLossReference } from "./aligned_loss_reference.ts";

const alignments: readonly LossAlignment[] = ["scale", "affine"];

async function onGpu(
  prediction: Filled,
  truth: Float32Array,
  mask: Float32Array,
  alignment: LossAlignment,
  addTo?: { prediction: Float32Array },
): Promise<{ loss: number; gradient: Float32Array }> {
  const { output, gradients } = await runOp({
    operands: {
      prediction,
      truth: { shape: prediction.shape, data: truth, kind: "data" },
      mask: { shape: [mask.length], data: mask, kind: "data" },
    },
    record: (graph, { prediction, truth, mask }) =>
      alignedLoss(graph, prediction, truth, mask, alignment).loss,
    upstream: [1],
    runs: addTo ? 1 : 2,
    ...(addTo && { addTo }),
  });
  return { loss: output[0]!, gradient: gradients.prediction! };
}

for (const alignment of alignments) {
  for (const [n, h, w] of [[1, 1, 2], [3, 5, 13], [2, 9, 8]] as const) {
    Deno.test(`alignedLoss(${alignment}) of ${n}x${h}x${w} equals its twin and central differences, seed a`, async () => {
      const prediction = fill("a prediction", [n, h, w, 1], 0.05, 0.95);
      const truth = fill("a truth", [n * h * w], -0.2, 2).data.map((t) => Math.max(t, 0)); // some sky
      const mask = fill("a mask", [n * h * w], 0, 1).data.map((u) => u < 0.8 ? 1 : 0);
      const f = (x: ArrayLike<number>): number[] => [
        alignedLossReference(x, truth, mask, { alignment, pixels: h * w }),
      ];
      const got = await onGpu(prediction, truth, mask, alignment);
      assertClose([got.loss], f(prediction.data), { rtol: 5e-6, name: "loss" });
      const gradient = centralDifference(f, prediction.data, [1], 1e-5);
      assertClose(got.gradient, gradient, { atol: 4e-6, rtol: 2e-5, name: "gradient" });
      const there = fill("a there", [n * h * w]).data;
      const added = await onGpu(prediction, truth, mask, alignment, { prediction: there });
      assertClose(added.gradient, got.gradient.map((g, i) => g + there[i]!), { atol: 1e-6 });
    });
  }

  Deno.test(`alignedLoss(${alignment}) is about 0 where the alignment removes every difference`, async () => {
    const truth = fill("aligned truth", [2, 6, 7, 1], 0.2, 2);
    const shift = alignment === "affine" ? 0.1 : 0;
    const prediction = { ...truth, data: truth.data.map((t) => 0.3 * t + shift) };
    const got = await onGpu(prediction, truth.data, truth.data.map(() => 1), alignment);
    ok(got.loss < 1e-6, `${got.loss}`);
  });

  Deno.test(`alignedLoss(${alignment}) counts no item without a valid pixel or with nothing but sky`, async () => {
    const prediction = fill("two items", [2, 3, 4, 1], 0.1, 0.9);
    const truth = fill("two truths", [24], 0.2, 2).data;
    const mask = truth.map(() => 1);
    const alone = { shape: [1, 3, 4, 1], data: prediction.data.subarray(12) };
    const want = await onGpu(alone, truth.subarray(12), mask.subarray(12), alignment);
    const masked = mask.map((_, i) => i < 12 ? 0 : 1);
    const sky = truth.map((t, i) => i < 12 ? 0 : t);
    for (const [t, m] of [[truth, masked], [sky, mask]] as const) {
      const got = await onGpu(prediction, t, m, alignment);
      equal(got.loss, want.loss);
      deepEqual(got.gradient.subarray(0, 12), new Float32Array(12));
      deepEqual(got.gradient.subarray(12), want.gradient);
    }
    const none = await onGpu(prediction, truth, truth.map(() => 0), alignment);
    deepEqual(none, { loss: 0, gradient: new Float32Array(24) });
  });

  Deno.test(`alignedLoss(${alignment}) leaves out infinite targets and is NaN for a prediction that is not finite`, async () => {
    const prediction = fill("broken", [2, 3, 4, 1], 0.1, 0.9);
    const truth = fill("broken truth", [24], 0.2, 2).data;
    const mask = truth.map(() => 1);
    for (const value of [NaN, Infinity]) {
      const outside = await onGpu(prediction, truth.with(3, value), mask, alignment);
      const without = await onGpu(prediction, truth, mask.with(3, 0), alignment);
      deepEqual(outside, without);
      const broken = withValues(prediction, { 3: value });
      const got = await onGpu(broken, truth, mask, alignment);
      ok(Number.isNaN(got.loss));
      deepEqual(got.gradient.subarray(0, 12), new Float32Array(12));
      ok(got.gradient.subarray(12).every((g) => Number.isFinite(g)));
      ok(Number.isFinite((await onGpu(broken, truth, mask.with(3, 0), alignment)).loss));
    }
  });
}

Deno.test("alignedLoss(affine) of a flat prediction has no gradient", async () => {
  const truth = fill("flat truth", [1, 4, 5, 1], 0.2, 2).data;
  const flat = { shape: [1, 4, 5, 1], data: truth.map(() => 0.5) };
  const { loss, gradient } = await onGpu(flat, truth, truth.map(() => 1), "affine");
  ok(loss > 0.1);
  deepEqual(gradient, new Float32Array(20));
});

Deno.test("alignedLoss refuses maps that do not fit the prediction", async () => {
  const graph = new Graph(await testGpu(), new ParameterStore(await testGpu()), "train");
  const x = graph.input("x", [1, 4, 8, 1]);
  throws(
    () => alignedLoss(graph, x, graph.input("y", [31]), x, "scale"),
    /\[1,4,8,1\] with \[31\]/,
  );
});
