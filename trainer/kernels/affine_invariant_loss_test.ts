import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { padChannels, unpadChannels } from "../../tests/helpers/padding.ts";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { runOp, testGpu } from "../../tests/helpers/run_op.ts";
import { readNpy } from "../formats/npy.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { affineInvariantLoss } from "./affine_invariant_loss.ts";
import { countValid } from "./count_valid.ts";
import { affineInvariantLossReference } from "./affine_invariant_loss_reference.ts";

const gpu = await testGpu();

async function onGpu(
  prediction: Float32Array,
  target: Float32Array,
  mask: Float32Array,
  [n, h, w]: [number, number, number],
  mean: "item" | "pixels",
  plainWords = false,
): Promise<{ loss: number; items: number[]; gradient: Float32Array }> {
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const shape = [n, h, w, 1];
  const x = graph.input("prediction", shape, { requiresGradient: true });
  const y = graph.input("target", plainWords ? [n * h * w] : shape);
  const m = graph.input("mask", plainWords ? [n * h * w] : shape);
  const { loss, items } = affineInvariantLoss(graph, x, y, m, { mean });
  graph.output(loss);
  graph.output(items);
  graph.differentiate(loss);
  const dx = graph.output(graph.gradient(x)!);
  const plan = await graph.build();
  plan.write(x, padChannels(prediction, shape));
  plan.write(y, plainWords ? target : padChannels(target, shape));
  plan.write(m, plainWords ? mask : padChannels(mask, shape));
  plan.run();
  const first = (await plan.read(loss))[0]!;
  plan.run(); // nothing may be left over from the first, and sums have one order
  if (!Number.isNaN(first)) equal((await plan.read(loss))[0], first);
  const result = {
    loss: (await plan.read(loss))[0]!,
    items: [...await plan.read(items)],
    gradient: unpadChannels(await plan.read(dx), shape, "the gradient"),
  };
  plan.destroy();
  return result;
}

function random(
  n: number,
  seed: string,
): { prediction: Float32Array; target: Float32Array; mask: Float32Array } {
  return {
    prediction: fill(`${seed} prediction`, [n], 1, 5).data,
    target: fill(`${seed} target`, [n]).data,
    mask: fill(`${seed} mask`, [n], 0, 1).data.map((u) => u < 0.8 ? 1 : 0),
  };
}

for (
  const [n, h, w] of [[1, 1, 1], [2, 1, 2], [3, 7, 9], [2, 5, 13], [13, 8, 8], [
    2,
    96,
    192,
  ]] as const
) {
  for (const mean of ["item", "pixels"] as const) {
    Deno.test(`affineInvariantLoss(${mean}) of ${n} items ${h}x${w} equals its twin, seed a`, async () => {
      const { prediction, target, mask } = random(n * h * w, "a");
      const want = affineInvariantLossReference(prediction, target, mask, h * w, mean);
      for (const plainWords of [false, true]) {
        const got = await onGpu(prediction, target, mask, [n, h, w], mean, plainWords);
        assertClose([got.loss], [want.loss], { atol: 2e-6, rtol: 0, name: "loss" });
        assertClose(got.items, want.items, { atol: 2e-6, rtol: 0, name: "items" });
        const most = Math.max(1e-2, ...want.gradient.map(Math.abs)); // two pixels: 0 but for rounding
        assertClose(got.gradient, want.gradient, { atol: 1e-5 * most, rtol: 0, name: "gradient" });
      }
    });
  }
}

for (const mean of ["item", "pixels"] as const) {
  Deno.test(`affineInvariantLoss(${mean}) of the parts of a batch adds up to that of the whole, seed p`, async () => {
    const [items, h, w] = [6, 8, 16]; // two at a time
    const { prediction, target, mask } = random(items * h * w, "p");
    mask.fill(0, 3 * h * w, 4 * h * w); // one item without a valid pixel: parts differ in what they divide by
    const want = affineInvariantLossReference(prediction, target, mask, h * w, mean);
    const graph = new Graph(gpu, new ParameterStore(gpu), "train");
    const shape = [items, h, w, 1];
    const x = graph.input("prediction", shape, { requiresGradient: true });
    const [y, m] = [graph.input("target", shape), graph.input("mask", shape)];
    const whole = countValid(graph, m);
    const losses = [0, 2, 4].map((first) => {
      const [p, t, valid] = [x, y, m].map((map) => graph.slice(map, first, 2));
      const { loss } = affineInvariantLoss(graph, p!, t!, valid!, { mean, whole });
      graph.differentiate(loss);
      return graph.output(loss);
    });
    const dx = graph.output(graph.gradient(x)!);
    const plan = await graph.build();
    [prediction, target, mask].forEach((data, i) =>
      plan.write([x, y, m][i]!, padChannels(data, shape))
    );
    plan.run();
    let sum = 0;
    for (const loss of losses) sum += (await plan.read(loss))[0]!;
    assertClose([sum], [want.loss], { atol: 2e-6, rtol: 0, name: "loss" });
    const most = Math.max(...want.gradient.map(Math.abs));
    const gradient = unpadChannels(await plan.read(dx), shape, "the gradient");
    assertClose(gradient, want.gradient, { atol: 1e-5 * most, rtol: 0, name: "gradient" });
    plan.destroy();
  });
}

Deno.test("affineInvariantLossReference() has the gradient of central differences, seed b", () => {
  // Smooth here: the values are distinct and no hat of the prediction equals one of the target.
  for (const mean of ["item", "pixels"] as const) {
    const { prediction, target, mask } = random(3 * 21, "b");
    const x = Float64Array.from(prediction);
    const at = (i: number, by: number): number => {
      const moved = x.slice();
      moved[i]! += by;
      return affineInvariantLossReference(moved, target, mask, 21, mean).loss;
    };
    const { gradient } = affineInvariantLossReference(x, target, mask, 21, mean);
    const want = [...x].map((_, i) => (at(i, 1e-6) - at(i, -1e-6)) / 2e-6);
    assertClose(gradient, want, { atol: 1e-7, rtol: 1e-6, name: "gradient" }); // noise of the difference quotient
  }
});

Deno.test("affineInvariantLoss adds its share to a gradient, times the one from above, seed c", async () => {
  const { prediction, target, mask } = random(2 * 33, "c");
  const [shape, there] = [[2, 3, 11, 1], fill("c there", [66]).data];
  const { gradients } = await runOp({
    operands: {
      prediction: { shape, data: prediction },
      target: { shape, data: target, kind: "data" },
      mask: { shape, data: mask, kind: "data" },
    },
    record: (graph, { prediction, target, mask }) =>
      affineInvariantLoss(graph, prediction, target, mask).loss,
    upstream: [0.7],
    addTo: { prediction: there },
  });
  const { gradient } = affineInvariantLossReference(prediction, target, mask, 33, "item");
  const want = there.map((g, i) => g + 0.7 * gradient[i]!);
  assertClose(gradients.prediction!, want, { atol: 1e-6, name: "gradient" });
});

Deno.test("affineInvariantLoss shares the median's gradient evenly over ties", async () => {
  const { prediction, target, mask } = random(2 * 60, "ties");
  const steps = prediction.map((x) => Math.round(x * 2) / 2);
  const want = affineInvariantLossReference(steps, target, mask, 60, "item");
  const got = await onGpu(steps, target, mask, [2, 6, 10], "item");
  assertClose(got.gradient, want.gradient, { atol: 1e-7, rtol: 1e-5 });
});

Deno.test("affineInvariantLoss finds medians of negative values, zeros of both signs and tiny spreads", async () => {
  const prediction = Float32Array.from([-3, -0, 0, 5, -7, 2, -1, 1e-20, 2e-20, 3e-20, 0, 8e-20]);
  const target = Float32Array.from([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]);
  const mask = new Float32Array(12).fill(1);
  const want = affineInvariantLossReference(prediction, target, mask, 6, "item");
  const got = await onGpu(prediction, target, mask, [2, 2, 3], "item");
  assertClose(got.items, want.items, { atol: 2e-6 });
});

Deno.test("affineInvariantLoss gives empty, single-pixel and flat items a defined loss and no gradient", async () => {
  const { prediction, target, mask } = random(5 * 20, "flat");
  mask.fill(0, 0, 20); // item 0: nothing valid
  mask.fill(0, 20, 40)[33] = 1; // item 1: one pixel
  prediction.fill(2.5, 40, 60); // item 2: flat prediction
  target.fill(0.375, 60, 80); // item 3: flat target
  const got = await onGpu(prediction, target, mask, [5, 4, 5], "item");
  assertClose(got.items.slice(0, 4), [0, 0, 1, 1], { atol: 2e-6 });
  assertClose([got.loss], [(2 + got.items[4]!) / 4], { atol: 2e-6 });
  deepEqual(got.gradient.slice(0, 60), new Float32Array(60));
  assertClose(got.gradient.slice(60, 80), new Float32Array(20), { atol: 1e-7 });
  ok(got.gradient.slice(80).some((g) => g !== 0));
  const nothing = await onGpu(prediction, target, mask.map(() => 0), [5, 4, 5], "pixels");
  equal(nothing.loss, 0);
  deepEqual(nothing.gradient, new Float32Array(100));
});

Deno.test("affineInvariantLoss ignores NaN outside the mask and drops pixels whose target is not finite", async () => {
  const { prediction, target, mask } = random(2 * 30, "nan");
  [mask[3], mask[4], mask[5], mask[40]] = [0, 0, 1, 1];
  const spoiled = { prediction: prediction.slice(), target: target.slice() };
  [spoiled.prediction[3], spoiled.prediction[4]] = [NaN, Infinity];
  [spoiled.target[3], spoiled.target[5], spoiled.target[40]] = [NaN, -Infinity, NaN];
  const got = await onGpu(spoiled.prediction, spoiled.target, mask, [2, 5, 6], "item");
  [mask[5], mask[40]] = [0, 0];
  const want = await onGpu(prediction, target, mask, [2, 5, 6], "item");
  deepEqual(got, want);
});

Deno.test("affineInvariantLoss is NaN, with zero gradient, where a valid prediction is not finite", async () => {
  const { prediction, target, mask } = random(2 * 30, "broken");
  mask[7] = 1;
  for (const value of [NaN, Infinity, -Infinity]) {
    prediction[7] = value;
    const got = await onGpu(prediction, target, mask, [2, 5, 6], "pixels");
    ok(Number.isNaN(got.loss) && Number.isNaN(got.items[0]) && Number.isFinite(got.items[1]));
    deepEqual(got.gradient.slice(0, 30), new Float32Array(30));
    ok(got.gradient.every(Number.isFinite));
  }
});

Deno.test("affineInvariantLoss refuses maps that do not fit the prediction", () => {
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const x = graph.input("x", [1, 4, 8, 1]);
  throws(
    () => affineInvariantLoss(graph, x, graph.input("y", [1, 4, 4, 1]), x),
    /Cannot compare with "y" of shape \[1,4,4,1\]: \[N,H,W,1\] or 32 words are needed/,
  );
  throws(() => affineInvariantLoss(graph, graph.input("z", [1, 4, 8, 2]), x, x), TypeError);
});

const reference = new URL("../../../shared/reference/05_affine_invariant_loss/", import.meta.url);
const need = ignoreWithout({ paths: [reference] });

/** Where the released code loses an item's supervision, is NaN, or lives on denormals, ours is defined otherwise. */
const definedOtherwise = new Set([
  "all_empty",
  "nan_target_outside_mask",
  "nan_target_inside_mask",
  "inf_prediction_outside_mask",
  "inf_prediction_inside_mask",
  "denormal_spread",
]);

Deno.test({
  name: "affineInvariantLoss equals the released code's loss and gradient" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const { cases } = JSON.parse(await Deno.readTextFile(new URL("case.json", reference)));
    const array = async (name: string): Promise<Float32Array> =>
      (await readNpy(new URL(name, reference).pathname)).data as Float32Array;
    let compared = 0;
    for (const { id, files, loss } of cases) {
      if (definedOtherwise.has(id)) continue;
      for (const part of ["", "_cube"]) {
        const want = loss[part ? "loss_cube" : "loss_equi"];
        if (want === undefined || want === "NaN") continue;
        const [[p, shape], [g], [m], [d]] = [
          files[`pred${part}`],
          files[`gt${part}`],
          files[`mask${part}`],
          files[`grad_pred${part}`],
        ];
        const size: [number, number, number] = [shape[0], shape.at(-2), shape.at(-1)];
        const got = await onGpu(await array(p), await array(g), await array(m), size, "pixels");
        const gradient = await array(d);
        // The file holds the gradient of the weighted total.
        const weight = id.startsWith("joint") ? id.endsWith("weights") ? part ? 0.7 : 0.3 : 0.5 : 1;
        const most = Math.max(...gradient.map(Math.abs), 1e-30);
        const options = { atol: 1e-5 * most, rtol: 0, name: `${id}${part} gradient` };
        assertClose([got.loss], [want], { atol: 2e-6, rtol: 0, name: `${id}${part}` });
        if (most > 1e-30) assertClose(got.gradient.map((x) => x * weight), gradient, options);
        compared++;
      }
    }
    ok(compared >= 20, `only ${compared} cases were compared`);
  },
});
