import { equal, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { testMixed } from "../../tests/helpers/check_mixed.ts";
import { halfRounding } from "../../tests/helpers/check_op.ts";
import { type Conv2dCase, conv2dSizes, pixelVariants } from "../../tests/helpers/conv2d_sizes.ts";
import { asHalf, fill, withValues } from "../../tests/helpers/fill.ts";
import { type Operand, runOp, testGpu } from "../../tests/helpers/run_op.ts";
import type { Gpu } from "../gpu/device.ts";
import { Graph, type Precision, type Tensor } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { batchNorm } from "./batch_norm.ts";
import { batchNorm as normTwin } from "./batch_norm_reference.ts";
import { conv2d } from "./conv2d.ts";
import { conv2dNorm } from "./conv2d_norm.ts";
import { conv2d as convTwin, outputSize } from "./conv2d_reference.ts";
import { lockstepLanes, type PixelVariant } from "./conv2d_variants.ts";

type Name = keyof ReturnType<typeof operands>;

/** What is done beside the normalisation. */
interface Switches {
  readonly biased?: boolean;
  readonly relu?: boolean;
  readonly added?: boolean;
}

interface Case extends Conv2dCase, Switches {
  readonly forward?: PixelVariant;
  readonly precision?: Precision;
}

function operands(of: Case) {
  const s = conv2dSizes(of);
  const seed = `conv2d norm ${JSON.stringify(s)}`;
  const [height, width] = outputSize(s);
  const channels = [s.outputs];
  const exact = of.precision === "mixed" ? asHalf : (data: Float32Array) => data;
  const map = (name: string, shape: number[]): Operand => {
    return { shape, data: exact(fill(`${seed} ${name}`, shape).data) };
  };
  const vector = (name: string, from: number, to: number, kind: "parameter" | "state") => {
    return { ...fill(`${seed} ${name}`, channels, from, to), kind } as const;
  };
  return {
    x: map("x", [s.batch, s.height, s.width, s.inputs]),
    residual: map("residual", [s.batch, height, width, s.outputs]),
    kernel: {
      ...fill(`${seed} kernel`, [s.outputs, s.inputs, s.kernelHeight, s.kernelWidth], -0.5, 0.5),
      kind: "parameter",
    },
    offset: vector("offset", -1, 1, "parameter"),
    weight: vector("weight", 0.5, 1.5, "parameter"),
    bias: vector("bias", -1, 1, "parameter"),
    runningMean: vector("running mean", -1, 1, "state"),
    runningVar: vector("running var", 0.5, 2, "state"),
  } as const satisfies Record<string, Operand>;
}

/** `apart`: in two passes. */
async function run(of: Case, gpu: Gpu, apart = false): Promise<Float32Array> {
  const { stride, paddingY, paddingX } = conv2dSizes(of);
  const placed = { stride, padding: [paddingY, paddingX] as const };
  const variants = of.forward ? { forward: of.forward } : {};
  const record = (graph: Graph, all: Record<Name, Tensor>) => {
    const { x, residual, kernel, offset, ...norm } = all;
    const more = { relu: of.relu ?? false, ...(of.added && { residual }) };
    const options = { ...placed, variants, bias: of.biased ? offset : undefined };
    return apart
      ? batchNorm(graph, conv2d(graph, x, kernel, options), norm, more)
      : conv2dNorm(graph, x, kernel, norm, { ...options, ...more });
  };
  const { precision = "f32" } = of;
  return (await runOp({ operands: operands(of), record, gpu, precision, runs: 2 })).output;
}

function twin(of: Case): ArrayLike<number> {
  const { x, residual, kernel, offset, ...norm } = operands(of);
  const sums = convTwin(conv2dSizes(of), x.data, kernel.data, of.biased ? offset.data : undefined);
  const numbers = {
    weight: norm.weight.data,
    bias: norm.bias.data,
    runningMean: norm.runningMean.data,
    runningVar: norm.runningVar.data,
    ...(of.added && { residual: residual.data }),
  };
  return normTwin(sums, numbers, { relu: of.relu ?? false, running: true }).y;
}

const tolerance = { atol: 1e-5, rtol: 5e-6 }; // of sums over some hundred products

async function check(of: Case, gpu: Gpu): Promise<void> {
  const fused = await run(of, gpu);
  assertClose(fused, twin(of), { ...tolerance, name: "y" });
  assertClose(fused, await run(of, gpu, true), { ...tolerance, name: "y beside two passes" });
}

const switches: readonly Switches[] = [
  {},
  { relu: true },
  { biased: true, relu: true },
  { biased: true, added: true },
  { added: true, relu: true },
];

// Channels with padding, a single one, more than a workgroup's lanes; pixels that fill no tile; all pixels as one row.
const cases: readonly Conv2dCase[] = [
  { shape: [2, 5, 7, 3, 6], kernel: 3 },
  { shape: [1, 9, 13, 3, 1], kernel: 7, stride: 2 },
  { shape: [2, 4, 3, 8, 260], kernel: 1 },
  { shape: [1, 24, 26, 32, 32], kernel: 3 }, // by Winograd on software adapters
];
for (const of of cases) {
  for (const kind of ["cpu", "gpu"] as const) {
    Deno.test(`conv2dNorm() [${of.shape} kernel ${of.kernel}] ${kind} equals its twins, and two passes`, async () => {
      const gpu = { ...await testGpu(), kind };
      for (const how of switches) await check({ ...of, ...how }, gpu);
    });
  }
}

Deno.test("conv2dNorm(), every variant, equals its twins, and two passes", async (t) => {
  const gpu = await testGpu();
  const lanes = lockstepLanes(gpu);
  for (const variant of pixelVariants(lanes)) {
    const of = { shape: [1, 6, 9, 8, 12], kernel: 3, forward: variant } as const;
    await t.step(JSON.stringify(variant), async () => {
      for (const how of switches) await check({ ...of, ...how }, gpu);
    });
  }
});

for (const kind of ["cpu", "gpu"] as const) {
  await testMixed(
    `conv2dNorm() ${kind} of maps stored as f16 rounds once, as it writes`,
    async (gpu) => {
      const of: Case = { shape: [1, 24, 26, 32, 32], kernel: 3, precision: "mixed" };
      for (const how of switches) {
        const mixed = { ...of, ...how };
        const room = { atol: tolerance.atol + halfRounding / 2, rtol: halfRounding };
        assertClose(await run(mixed, { ...gpu, kind }), twin(mixed), room);
      }
    },
  );
}

Deno.test("conv2dNorm() keeps NaN where it cuts below zero", async () => {
  const of = operands({ shape: [1, 4, 4, 4, 4], kernel: 1 });
  const got = await runOp({
    operands: { ...of, x: withValues(of.x, { 0: NaN }) },
    record: (graph, { x, kernel, offset: _, residual: __, ...norm }) =>
      conv2dNorm(graph, x, kernel, norm, { relu: true }),
  });
  equal(got.output.filter(Number.isNaN).length, 4);
});

Deno.test("conv2dNorm() refuses what it cannot fold", async () => {
  const gpu = await testGpu();
  using made = new DisposableStack();
  const call = (mode: "train" | "evaluate", channels: number, added = false) => {
    const store = made.adopt(new ParameterStore(gpu), (store) => store.destroy());
    const graph = new Graph(gpu, store, mode);
    const x = graph.input("x", [1, 4, 4, 4]);
    const norm = {
      weight: graph.parameter("bn.weight", [channels]),
      bias: graph.parameter("bn.bias", [channels]),
      runningMean: graph.state("bn.running_mean", [channels]),
      runningVar: graph.state("bn.running_var", [channels]),
    };
    const residual = added ? x : undefined;
    conv2dNorm(graph, x, graph.parameter("conv.weight", [8, 4, 1, 1]), norm, { residual });
  };
  throws(() => call("train", 8), /Cannot fold "bn" into "conv.weight" in a graph for training/);
  throws(() => call("evaluate", 4), /^TypeError: .* its shape is \[4\], not \[8\]$/);
  throws(
    () => call("evaluate", 8, true),
    /^TypeError: Cannot add a residual of shape \[1,4,4,4\] in "bn"/,
  );
});
