import { deepEqual, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { fill, type Filled } from "../../tests/helpers/fill.ts";
import { padChannels, unpadChannels } from "../../tests/helpers/padding.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph, type Tensor } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { type DisparityLabel, labelFromDistance, pseudoLabel } from "./disparity_label.ts";
import { disparityLabelReference } from "./disparity_label_reference.ts";

const gpu = await testGpu();

async function onGpu(
  source: Filled,
  mask: Float32Array | undefined,
  record: (graph: Graph, x: Tensor, mask?: Tensor) => DisparityLabel,
  plainMask = false,
): Promise<{ label: Float32Array; mask: Float32Array }> {
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const { shape, data } = source;
  const x = graph.input("x", shape);
  const maskShape = plainMask ? [data.length] : shape;
  const m = mask && graph.input("mask", maskShape);
  const result = record(graph, x, m);
  graph.output(result.label);
  graph.output(result.mask);
  const plan = await graph.build();
  plan.write(x, padChannels(data, shape));
  if (m) plan.write(m, padChannels(mask, maskShape));
  plan.run();
  const label = unpadChannels(await plan.read(result.label), shape, "label");
  const counted = unpadChannels(await plan.read(result.mask), shape, "mask");
  plan.destroy();
  return { label, mask: counted };
}

for (const [n, h, w] of [[1, 1, 1], [3, 5, 13], [2, 96, 192]] as const) {
  Deno.test(`labelFromDistance of ${n} panoramas ${h}x${w} equals its twin, seed l`, async () => {
    const distance = fill("l", [n, h, w, 1], -1, 12);
    const mask = fill("l mask", [n * h * w], 0, 1).data.map((u) => u < 0.8 ? 1 : 0);
    const valid = (i: number): boolean =>
      mask[i] === 1 && distance.data[i]! > 0 && distance.data[i]! <= 10;
    for (const plainMask of [false, true]) {
      const got = await onGpu(
        distance,
        mask,
        (graph, x, mask) => labelFromDistance(graph, x, { mask }),
        plainMask,
      );
      deepEqual([...got.mask], [...mask].map((_, i) => valid(i) ? 1 : 0));
      for (let item = 0; item < n; item++) {
        const [from, to] = [item * h * w, (item + 1) * h * w];
        const inverse = Float64Array.from(distance.data.subarray(from, to), (d) => 1 / d);
        const want = disparityLabelReference(inverse, (i) => valid(from + i));
        assertClose(got.label.subarray(from, to), want, { atol: 2e-6, name: `label ${item}` });
      }
    }
  });

  Deno.test(`pseudoLabel of ${n} faces ${h}x${w} equals its twin, seed t`, async () => {
    const faces = fill("t", [n, h, w, 1], 3, 40);
    const mask = fill("t mask", [n * h * w], 0, 1).data.map((u) => u < 0.8 ? 1 : 0);
    const got = await onGpu(
      faces,
      mask,
      (graph, x, mask) => {
        const dropZero = graph.constant(
          "odd faces",
          Uint32Array.from({ length: n }, (_, i) => i % 2),
        );
        return pseudoLabel(graph, x, { mask, dropZero });
      },
    );
    for (let item = 0; item < n; item++) {
      const [from, to] = [item * h * w, (item + 1) * h * w];
      const want = disparityLabelReference(faces.data.subarray(from, to), () => true);
      assertClose(got.label.subarray(from, to), want, { atol: 2e-6, name: `face ${item}` });
      const counted = [...want].map((v, i) =>
        mask[from + i] === 1 && (item % 2 === 0 || v > 0) ? 1 : 0
      );
      deepEqual([...got.mask.subarray(from, to)], counted);
    }
  });
}

Deno.test("pseudoLabel gives flat faces label 0 and drops pixels that are not finite", async () => {
  const data = Float32Array.of(7, 7, 7, 7, NaN, 1, 3, Infinity, NaN, NaN, NaN, NaN);
  const { label, mask } = await onGpu(
    { shape: [3, 2, 2, 1], data },
    undefined,
    (graph, x) => pseudoLabel(graph, x),
  );
  deepEqual([...label], [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
  deepEqual([...mask], [1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0]);
});

Deno.test("labelFromDistance is 0 for one valid pixel, none, NaN, 0 and beyond the range", async () => {
  const data = Float32Array.of(2, 0, -1, NaN, 80, Infinity, 0, 81, 4, 2, 8, 80);
  const { label, mask } = await onGpu(
    { shape: [3, 2, 2, 1], data },
    undefined,
    (graph, x) => labelFromDistance(graph, x, { maxDistance: 8 }),
  );
  assertClose(label, [0, 0, 0, 0, 0, 0, 0, 0, 1 / 3, 1, 0, 0]);
  deepEqual([...mask], [1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0]);
});

Deno.test("labelFromDistance refuses masks of another size and ranges that are not positive", () => {
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const x = graph.input("x", [1, 4, 8, 1]);
  const mask = graph.input("mask", [31]);
  throws(() => labelFromDistance(graph, x, { mask }), /\[1,4,8,1\] with a mask of shape \[31\]/);
  throws(() => labelFromDistance(graph, x, { maxDistance: 0 }), RangeError);
  throws(() => pseudoLabel(graph, x, { dropZero: mask }), /Cannot drop zeros of 1 items by "mask"/);
});

Deno.test("pseudoLabel() without min-max leaves a disparity as it is", async () => {
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
  const disparity = graph.input("disparity", [1, 1, 3, 1]);
  const { label } = pseudoLabel(graph, disparity, { minMax: false });
  graph.output(label);
  const plan = await graph.build();
  plan.write(disparity, Float32Array.of(3, 0, 0, 0, -2, 0, 0, 0, 7, 0, 0, 0));
  plan.run();
  deepEqual([...await plan.read(label)].filter((_, i) => i % 4 === 0), [3, -2, 7]);
  plan.destroy();
});
