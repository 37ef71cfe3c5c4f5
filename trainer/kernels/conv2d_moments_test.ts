import { ok, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { testMixed } from "../../tests/helpers/check_mixed.ts";
import { type Conv2dCase, conv2dSizes } from "../../tests/helpers/conv2d_sizes.ts";
import { asHalf, fill } from "../../tests/helpers/fill.ts";
import { type Operand, type OpResult, runOp, testGpu } from "../../tests/helpers/run_op.ts";
import type { Gpu } from "../gpu/device.ts";
import { Graph, type Precision } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { batchNorm } from "./batch_norm.ts";
import { batchNorm as normTwin } from "./batch_norm_reference.ts";
import { conv2d, conv2dWithMoments } from "./conv2d.ts";
import { conv2d as convTwin, outputSize } from "./conv2d_reference.ts";
import { fitsWorkgroup, tileNames, type TileSetting, tileSetting } from "./conv2d_tile_choice.ts";
import { relu } from "./relu.ts";

type Name = "x" | "kernel" | "offset" | "weight" | "bias" | "runningMean" | "runningVar";

/** A convolution with a bias around `offset`, then a batch norm. */
interface Case extends Conv2dCase {
  readonly offset?: number;
  readonly tiles?: TileSetting;
  readonly precision?: Precision;
}

function operands(of: Case): Record<Name, Operand> {
  const s = conv2dSizes(of);
  const seed = `moments ${JSON.stringify(s)}`;
  const channels = [s.outputs];
  const { offset = 0 } = of;
  const x = fill(`${seed} x`, [s.batch, s.height, s.width, s.inputs]);
  return {
    x: of.precision === "mixed" ? { ...x, data: asHalf(x.data) } : x,
    kernel: {
      ...fill(`${seed} kernel`, [s.outputs, s.inputs, s.kernelHeight, s.kernelWidth], 0.1, 0.4), // near 0 an offset would drown the rest
      kind: "parameter",
    },
    offset: { ...fill(`${seed} offset`, channels, offset - 1, offset + 1), kind: "parameter" },
    weight: { ...fill(`${seed} weight`, channels, 0.5, 1.5), kind: "parameter" },
    bias: { ...fill(`${seed} bias`, channels), kind: "parameter" },
    runningMean: { ...fill(`${seed} running mean`, channels), kind: "state" },
    runningVar: { ...fill(`${seed} running var`, channels, 0.5, 2), kind: "state" },
  };
}

/** `apart`: a pass over the convolution's output takes the statistics. */
async function run(gpu: Gpu, of: Case, apart = false): Promise<OpResult<Name>> {
  const s = conv2dSizes(of);
  const [height, width] = outputSize(s);
  return await runOp({
    operands: operands(of),
    record(graph, { x, kernel, offset: bias, ...norm }) {
      const variants = of.tiles ? { forward: of.tiles } : {};
      const { stride, paddingY, paddingX } = s;
      const options = { stride, padding: [paddingY, paddingX] as const, bias, variants };
      if (apart) return batchNorm(graph, conv2d(graph, x, kernel, options), norm);
      const { y, moments } = conv2dWithMoments(graph, x, kernel, options);
      ok(moments, "the kernel leaves moments");
      return batchNorm(graph, y, norm, { moments });
    },
    upstream: fill("moments dy", [s.batch, height, width, s.outputs]).data,
    gpu: { ...gpu, kind: "gpu" },
    precision: of.precision ?? "f32",
  });
}

async function check(gpu: Gpu, of: Case): Promise<void> {
  const s = conv2dSizes(of);
  const { x, kernel, offset, ...norm } = operands(of);
  const z = convTwin(s, x.data, kernel.data, offset.data);
  const numbers = Object.entries(norm).map(([name, { data }]) => [name, data]);
  const want = normTwin(z, Object.fromEntries(numbers));
  const got = await run(gpu, of);
  const tolerance = { atol: 1e-5, rtol: 1e-5 };
  assertClose(got.output, want.y, { ...tolerance, name: "y" });
  assertClose(got.states.runningMean!, want.runningMean, { ...tolerance, name: "running mean" });
  assertClose(got.states.runningVar!, want.runningVar, { ...tolerance, name: "running var" });
}

const cases: readonly Case[] = [
  { shape: [1, 1, 2, 3, 1], kernel: 1 },
  { shape: [2, 5, 7, 3, 6], kernel: 3 }, // a few tiles, the last one short
  { shape: [1, 11, 10, 3, 40], kernel: 7, stride: 2 }, // channels that do not fill the workgroup
  { shape: [3, 9, 13, 12, 100], kernel: 3, stride: 2 },
  // More parts than the last pass reads, for tiles of 32 pixels: with 2, 3 and 65 vec4 of channels.
  { shape: [1, 183, 181, 1, 5], kernel: 1 },
  { shape: [1, 183, 181, 1, 12], kernel: 1 },
  { shape: [1, 183, 181, 1, 260], kernel: 1 },
];

Deno.test("conv2dWithMoments(), every tile, then batchNorm(): output and running statistics equal the twins'", async (t) => {
  const gpu = await testGpu();
  for (const name of tileNames("forward")) {
    const tiles = tileSetting("forward", name);
    if (tiles.kind !== "tiles" || !fitsWorkgroup("forward", tiles, gpu.limits)) continue;
    for (const of of cases) {
      const label = `${name}: ${of.shape} kernel ${of.kernel}`;
      await t.step(label, () => check(gpu, { ...of, tiles }));
    }
  }
});

Deno.test("batchNorm() of moments keeps its digits where the mean is large against the spread", async () => {
  const of: Case = { shape: [1, 183, 181, 4, 8], kernel: 3, offset: 4096 };
  const gpu = await testGpu();
  const s = conv2dSizes(of);
  const { x, kernel, offset, ...norm } = operands(of);
  const z = convTwin(s, x.data, kernel.data, offset.data);
  const numbers = Object.entries(norm).map(([name, { data }]) => [name, data]);
  const want = normTwin(Float32Array.from(z), Object.fromEntries(numbers));
  const got = await run(gpu, of);
  // Neighbours of the stored sums are 4.9e-4 apart, their variance is near 1; sums of squares would be off by 1.
  assertClose(got.states.runningVar!, want.runningVar, { atol: 1e-3, name: "running var" });
  assertClose(got.output, want.y, { atol: 5e-3, name: "y" });
});

Deno.test("batchNorm() of moments of more workgroups than a dispatch has along x equals the twins'", async () => {
  const tiles = tileSetting("forward", "8x8x4");
  await check(await testGpu(), { shape: [1, 1449, 1450, 1, 1], kernel: 1, tiles }); // 65 658 parts
});

Deno.test("batchNorm() refuses moments of another tensor, and those that it does not need", async () => {
  const gpu: Gpu = { ...await testGpu(), kind: "gpu" };
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const { y, moments } = conv2dWithMoments(
    graph,
    graph.input("x", [1, 4, 4, 4]),
    graph.parameter("kernel", [4, 4, 1, 1]),
  );
  const norm = {
    weight: graph.parameter("bn.weight", [4]),
    bias: graph.parameter("bn.bias", [4]),
    runningMean: graph.state("bn.running_mean", [4]),
    runningVar: graph.state("bn.running_var", [4]),
  };
  throws(() => batchNorm(graph, relu(graph, y), norm, { moments }), {
    name: "TypeError",
    message: /^Cannot take statistics in "bn" from moments of "kernel": ".*" is normalised$/,
  });
  throws(
    () => batchNorm(graph, y, norm, { moments, statistics: "running" }),
    /^TypeError: Cannot take statistics in "bn" .* the running ones are asked for$/,
  );
  graph.store.destroy();
});

Deno.test("batchNorm() of moments has the gradients that it has without them", async () => {
  const gpu = await testGpu();
  const of: Case = { shape: [2, 9, 13, 5, 12], kernel: 3 };
  const [fused, apart] = [await run(gpu, of), await run(gpu, of, true)];
  for (const name of ["x", "kernel", "offset", "weight", "bias"] as const) {
    const tolerance = { atol: 2e-5, rtol: 1e-5, name: `d ${name}` };
    assertClose(fused.gradients[name]!, apart.gradients[name]!, tolerance);
  }
});

await testMixed(
  "batchNorm() of moments of a map stored as f16 has the statistics of what is stored",
  async (gpu) => {
    const of: Case = { shape: [2, 19, 17, 8, 12], kernel: 3, offset: 40, precision: "mixed" };
    const [fused, apart] = [await run(gpu, of), await run(gpu, of, true)];
    // Values near 40 are rounded to 1/32; statistics of the sums before would differ by some 1e-4.
    assertClose(fused.states.runningMean!, apart.states.runningMean!, { atol: 5e-6, rtol: 0 });
    assertClose(fused.states.runningVar!, apart.states.runningVar!, { atol: 2e-6, rtol: 0 });
  },
);
