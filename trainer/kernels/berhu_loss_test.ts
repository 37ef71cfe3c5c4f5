import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { centralDifference } from "../../tests/helpers/central_difference.ts";
import { fill, type Filled, withValues } from "../../tests/helpers/fill.ts";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { runOp, testGpu } from "../../tests/helpers/run_op.ts";
import { readNpy } from "../formats/npy.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { berhuLoss, type BerhuOptions } from "./berhu_loss.ts";
import { berhuLossReference } from "./berhu_loss_reference.ts";

async function onGpu(
  prediction: Filled,
  target: Float32Array,
  mask: Float32Array | undefined,
  options: BerhuOptions,
  addTo?: { prediction: Float32Array },
): Promise<{ loss: number; gradient: Float32Array }> {
  const { shape } = prediction;
  const { output, gradients } = await runOp({
    operands: {
      prediction,
      target: { shape, data: target, kind: "data" },
      mask: { shape: [target.length], data: mask ?? target, kind: "data" },
    },
    record: (graph, { prediction, target, mask: m }) =>
      berhuLoss(graph, prediction, target, { ...options, ...(mask && { mask: m }) }).loss,
    upstream: [1],
    runs: addTo ? 1 : 2,
    ...(addTo && { addTo }),
  });
  return { loss: output[0]!, gradient: gradients.prediction! };
}

for (const variant of ["unifuse", "bifusepp"] as const) {
  for (const [n, h, w] of [[1, 1, 1], [3, 5, 13], [2, 7, 9]] as const) {
    Deno.test(`berhuLoss(${variant}) of ${n}x${h}x${w} equals its twin and central differences, seed b`, async () => {
      const prediction = fill("b prediction", [n, h, w, 1], 0, 6);
      const target = fill("b target", [n * h * w], -0.5, 5).data; // some invalid
      const mask = fill("b mask", [n * h * w], 0, 1).data.map((u) => u < 0.8 ? 1 : 0);
      const options = { variant, atThreshold: "linear", pixels: h * w } as const;
      const want = berhuLossReference(prediction.data, target, mask, options);
      const got = await onGpu(prediction, target, mask, { variant });
      assertClose([got.loss], [want.loss], { rtol: 2e-6, name: "loss" });
      // UniFuse's threshold is a constant for the gradient. No error lies within the step of a kink.
      const fixed = variant === "unifuse" ? { thresholds: want.thresholds } : {};
      const f = (x: Float64Array): number[] => [
        berhuLossReference(x, target, mask, { ...options, ...fixed }).loss,
      ];
      const gradient = centralDifference(f, prediction.data, [1], 1e-5);
      assertClose(got.gradient, gradient, { atol: 2e-6, rtol: 1e-5, name: "gradient" });
      const there = fill("b there", [n * h * w]).data;
      const added = await onGpu(prediction, target, mask, { variant }, { prediction: there });
      assertClose(added.gradient, got.gradient.map((g, i) => g + there[i]!), { atol: 1e-6 });
    });
  }

  Deno.test(`berhuLoss(${variant}) is 0 for a perfect prediction and without valid pixels`, async () => {
    const target = fill("perfect", [2, 3, 5, 1], 1, 5);
    for (const truth of [target.data, target.data.map(() => 0), target.data.map(() => NaN)]) {
      const { loss, gradient } = await onGpu(target, truth, undefined, { variant });
      equal(loss, 0);
      deepEqual(gradient, new Float32Array(30));
    }
  });

  Deno.test(`berhuLoss(${variant}) is NaN where a valid prediction is not finite`, async () => {
    const target = fill("broken", [1, 3, 5, 1], 1, 5);
    for (const value of [NaN, Infinity]) {
      const prediction = withValues(target, { 4: value, 5: 9 });
      const { loss, gradient } = await onGpu(prediction, target.data, undefined, { variant });
      ok(Number.isNaN(loss) && gradient[4] === 0 && gradient.slice(6).every(Number.isFinite));
      const outside = target.data.with(4, 0);
      ok(Number.isFinite((await onGpu(prediction, outside, undefined, { variant })).loss));
    }
  });
}

Deno.test("berhuLoss refuses maps that do not fit the prediction", async () => {
  const graph = new Graph(await testGpu(), new ParameterStore(await testGpu()), "train");
  const x = graph.input("x", [1, 4, 8, 1]);
  throws(() => berhuLoss(graph, x, graph.input("y", [31])), /\[1,4,8,1\] with \[31\]/);
  const mask = graph.input("mask", [1, 4, 4, 1]);
  throws(() => berhuLoss(graph, x, x, { mask }), /under a mask of \[1,4,4,1\]/);
});

const reference = new URL("../../../shared/reference/06_berhu/", import.meta.url);
const need = ignoreWithout({ paths: [reference] });

Deno.test({
  name: "berhuLoss equals UniFuse's and BiFuse++'s loss and gradient" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const { cases } = JSON.parse(await Deno.readTextFile(new URL("case.json", reference)));
    const array = async (name: string): Promise<Float32Array> =>
      (await readNpy(new URL(name, reference).pathname)).data as Float32Array;
    for (const { id, variant, files, loss } of cases) {
      const [n, , h, w] = files.pred[1];
      const prediction = { shape: [n, h, w, 1], data: await array(files.pred[0]) };
      const mask = files.mask && await array(files.mask[0]);
      const options = { variant, atThreshold: "zero" } as const; // BiFuse++ keeps it linear
      const got = await onGpu(
        prediction,
        await array(files.gt[0]),
        mask,
        variant === "unifuse" ? options : { variant },
      );
      // Where UniFuse divides 0 by 0 or raises, ours is 0.
      const want = typeof loss === "number" ? loss : 0;
      assertClose([got.loss], [want], { atol: 0, rtol: 5e-6, name: id });
      const gradient = files.grad_pred
        ? await array(files.grad_pred[0])
        : new Float32Array(n * h * w);
      const most = Math.max(...gradient.map(Math.abs));
      assertClose(got.gradient, gradient, { atol: 1e-5 * most, rtol: 0, name: `${id} gradient` });
    }
    ok(cases.length >= 12);
  },
});
