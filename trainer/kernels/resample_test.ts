import { deepEqual, equal, throws } from "node:assert/strict";
import {
  equirectRotationTaps,
  equirectToCubeTaps,
  resampleMask as resampleMaskOnCpu,
  rotationFromEuler,
  type Taps,
  unifuseCubeToEquirectTaps,
} from "@depth-anywhere/geometry";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { centralDifference } from "../../tests/helpers/central_difference.ts";
import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { fill, withValues } from "../../tests/helpers/fill.ts";
import { runOp, testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { type BatchOrder, resample, resampleMask } from "./resample.ts";
import { constantMap, inputMap } from "./resample_map.ts";
import { resampleReference } from "./resample_reference.ts";

/** A map without any geometry: random taps, some of weight 0, some inputs never read. */
function randomTaps(seed: string, outputs: number, inputs: number, taps: number): Taps {
  const index = Uint32Array.from(
    fill(`${seed} index`, [outputs * taps], 0, inputs).data,
    (u) => Math.floor(u),
  );
  const weight = fill(`${seed} weight`, [outputs * taps]).data
    .map((w) => Math.abs(w) < 0.2 ? 0 : w) as Float32Array<ArrayBuffer>;
  return { outputs, inputs, taps, index, weight };
}

const shapes: [string, number, [number, number], BatchOrder, [number, number], BatchOrder][] = [
  ["odd images", 3, [5, 7], "image", [3, 11], "image"],
  ["panoramas to image-major faces", 2, [4, 8], "image", [3, 3], "image-major"],
  ["panoramas to face-major faces", 2, [4, 8], "image", [3, 3], "face-major"],
  ["face-major faces to panoramas", 3, [3, 3], "face-major", [4, 8], "image"],
  ["image-major to face-major faces", 2, [2, 2], "image-major", [3, 3], "face-major"],
];

for (const [name, images, [h, w], from, [height, width], to] of shapes) {
  for (const channels of [1, 3, 18, 64]) {
    Deno.test(`resample of ${name}, ${channels} channels, equals its twin, seed r`, async () => {
      const [facesIn, facesOut] = [from === "image" ? 1 : 6, to === "image" ? 1 : 6];
      const taps = randomTaps("r", facesOut * height * width, facesIn * h * w, 3);
      const x = fill("r x", [images * facesIn, h, w, channels]);
      const outputs = images * taps.outputs * channels;
      const upstream = fill("r dy", [outputs]).data;
      const there = fill("r there", [x.data.length]).data;
      const layout = {
        images,
        channels,
        inputBlock: from === "face-major" ? h * w : taps.inputs,
        outputBlock: to === "face-major" ? height * width : taps.outputs,
      };
      for (const addTo of [undefined, { x: there }]) {
        const { output, gradients } = await runOp({
          operands: { x },
          record: (graph, { x }) =>
            resample(graph, x, constantMap(graph, "map", taps), { height, width, from, to }),
          upstream,
          addTo,
        });
        assertClose(output, resampleReference(x.data, [taps], layout), { name: "y" });
        if (channels > 3) continue; // the differences take long
        const f = (x: Float64Array): Float64Array => resampleReference(x, [taps], layout);
        const dx = centralDifference(f, x.data, upstream, 1); // linear: any step is exact
        const want = dx.map((g, i) => g + (addTo ? there[i]! : 0));
        assertClose(gradients.x!, want, { atol: 2e-6, name: "dx" });
      }
    });
  }
}

Deno.test("resample's backward is the adjoint of its forward for every channel, seed adj", async () => {
  const taps = unifuseCubeToEquirectTaps({ height: 8, width: 16, size: 4 });
  const x = fill("adj x", [12, 4, 4, 40]);
  const upstream = fill("adj dy", [2 * 8 * 16 * 40]).data;
  const { output, gradients } = await runOp({
    operands: { x },
    record: (graph, { x }) =>
      resample(graph, x, constantMap(graph, "c2e", taps), {
        height: 8,
        width: 16,
        from: "face-major",
      }),
    upstream,
  });
  const dot = (a: ArrayLike<number>, b: Float32Array): number =>
    b.reduce((sum, v, i) => sum + v * a[i]!, 0);
  assertClose([dot(upstream, output)], [dot(x.data, gradients.x!)], { rtol: 1e-5 });
});

Deno.test("resample takes one map per image, rewritten before each run", async () => {
  const gpu = await testGpu();
  const [height, width, images] = [8, 16, 3];
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const x = graph.input("x", [images, height, width, 3], { requiresGradient: true });
  const size = { outputs: 128, inputs: 128, taps: 4 };
  const map = inputMap(graph, "rotation", size, images);
  const y = graph.output(resample(graph, x, map, { height, width }));
  const last = graph.slice(x, 2, 1);
  const alone = graph.output(resample(graph, last, map, { height, width, firstMap: 2 }));
  const upstream = fill("maps dy", [images * 128 * 4]).data.map((v, i) => i % 4 === 3 ? 0 : v);
  graph.differentiateFrom([{ tensor: y, gradient: graph.constant("dy", upstream) }]);
  const dx = graph.output(graph.gradient(x)!);
  const plan = await graph.build();
  const data = fill("maps x", [images, height, width, 4]).data.map((v, i) => i % 4 === 3 ? 0 : v);
  plan.write(x, data);
  for (let run = 0; run < 2; run++) {
    const maps = [0, 1, 2].map((n) =>
      equirectRotationTaps({ height, width, rotation: rotationFromEuler(0.3 * n, run, -0.2) })
    );
    maps.forEach((taps, which) => map.write(plan, taps, which));
    plan.run();
    const layout = { images, channels: 4, inputBlock: 128, outputBlock: 128 };
    assertClose(await plan.read(y), resampleReference(data, maps, layout), { name: "y" });
    deepEqual(await plan.read(alone), (await plan.read(y)).subarray(2 * 128 * 4));
    const dot = (a: Float32Array, b: Float32Array): number =>
      a.reduce((sum, v, i) => sum + v * b[i]!, 0);
    assertClose([dot(upstream, await plan.read(y))], [dot(data, await plan.read(dx))], {
      atol: 1e-4,
      name: "adjoint",
    });
  }
  throws(() => map.write(plan, { ...randomTaps("s", 128, 128, 1) }), /declared as 128 x 4 on 128/);
  throws(() => map.write(plan, randomTaps("s", 128, 128, 4), 3), /map 3: there are 3/);
  plan.destroy();
});

Deno.test("resample does not look at pixels whose tap has weight 0", async () => {
  const taps: Taps = {
    outputs: 2,
    inputs: 2,
    taps: 2,
    index: Uint32Array.of(0, 1, 1, 1),
    weight: Float32Array.of(0, 2, 0, 0),
  };
  const { output } = await runOp({
    operands: { x: withValues(fill("zero", [1, 1, 2, 1]), { 0: NaN, 1: 3 }) },
    record: (graph, { x }) =>
      resample(graph, x, constantMap(graph, "map", taps), { height: 1, width: 2 }),
  });
  deepEqual([...output], [6, 0]);
});

Deno.test("resampleMask equals geometry's rule", async () => {
  const taps = equirectToCubeTaps({ height: 8, width: 16, size: 5 });
  const mask = fill("mask", [2, 8, 16, 1], 0, 1);
  mask.data.forEach((u, i) => mask.data[i] = u < 0.9 ? 1 : 0);
  const { output } = await runOp({
    operands: { mask },
    record: (graph, { mask }) =>
      resampleMask(graph, mask, constantMap(graph, "e2c", taps), {
        height: 5,
        width: 5,
        to: "image-major",
      }),
  });
  const want = [0, 1].flatMap((n) => [
    ...resampleMaskOnCpu(taps, mask.data.subarray(128 * n, 128 * n + 128)),
  ]);
  deepEqual([...output], want);
  equal(want.includes(0) && want.includes(1), true);
});

const halfTaps = randomTaps("half", 33, 35, 3);
await testOpMixed("resample()", {
  operands: { x: fill("half x", [2, 5, 7, 18]) },
  record: (graph, { x }) =>
    resample(graph, x, constantMap(graph, "map", halfTaps), { height: 3, width: 11 }),
  twin: ({ x }) =>
    resampleReference(x, [halfTaps], { images: 2, channels: 18, inputBlock: 35, outputBlock: 33 }),
});

Deno.test("resample refuses a map that does not fit, with both sizes", async () => {
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const map = constantMap(graph, "map", randomTaps("s", 6, 128, 1));
  throws(
    () => resample(graph, graph.input("x", [1, 4, 8, 3]), map, { height: 2, width: 3 }),
    /"x" of shape \[1,4,8,3\] \(image\) to 2x3 \(image\): the map goes from 128 to 6 pixels/,
  );
});
