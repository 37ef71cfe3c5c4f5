import { deepEqual, equal, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { slope } from "../../tests/helpers/central_difference.ts";
import { testMixed } from "../../tests/helpers/check_mixed.ts";
import { halfRounding } from "../../tests/helpers/check_op.ts";
import { type Conv2dCase, conv2dSizes } from "../../tests/helpers/conv2d_sizes.ts";
import { asHalf, fill } from "../../tests/helpers/fill.ts";
import { type Operand, runOp, testGpu } from "../../tests/helpers/run_op.ts";
import type { Gpu } from "../gpu/device.ts";
import { Graph, type Precision, type Shape } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { conv2d, type Conv2dVariants } from "./conv2d.ts";
import { choosePixelVariant, chooseWeightVariant } from "./conv2d_choice.ts";
import { conv2d as reference, conv2dGradients, outputSize } from "./conv2d_reference.ts";
import { geometry } from "./conv2d_geometry.ts";
import { fitsWorkgroup, tileNames, type TilePass, tileSetting } from "./conv2d_tile_choice.ts";
import { lockstepLanes, type PixelVariant, type WeightVariant } from "./conv2d_variants.ts";

interface Case extends Conv2dCase {
  readonly variants?: Conv2dVariants;
}

/** Sums of n products of numbers in [-1, 1): rounding errors of some other order of the sum, and of what is stored. */
function tolerance(terms: number, rounding = 0) {
  return { atol: 2e-6 * Math.sqrt(terms) + 1e-6 + rounding / 4, rtol: 5e-6 + rounding };
}

async function check(of: Case, precision: Precision = "f32"): Promise<void> {
  const s = conv2dSizes(of);
  const seed = `conv2d ${JSON.stringify(s)}`;
  const [outputHeight, outputWidth] = outputSize(s);
  const exact = precision === "mixed" ? asHalf : (data: Float32Array) => data;
  const rounding = precision === "mixed" ? halfRounding : 0;
  const numbers = (name: string, shape: Shape) => {
    return { shape, data: exact(fill(`${seed} ${name}`, shape).data) };
  };
  const operands: Record<"x" | "weight" | "bias", Operand> = {
    x: numbers("x", [s.batch, s.height, s.width, s.inputs]),
    weight: {
      ...fill(`${seed} weight`, [s.outputs, s.inputs, s.kernelHeight, s.kernelWidth]),
      kind: "parameter",
    },
    bias: { ...fill(`${seed} bias`, [s.outputs]), kind: "parameter" },
  };
  const { x, weight, bias } = operands;
  const upstream = numbers("dy", [s.batch, outputHeight, outputWidth, s.outputs]).data;
  const addTo = {
    x: numbers("dx", x.shape).data,
    weight: fill(`${seed} dw`, weight.shape).data,
  };
  const options = {
    stride: s.stride,
    padding: [s.paddingY, s.paddingX] as const,
    variants: of.variants ?? {},
  };
  const run = {
    operands,
    record: (graph: Graph, t: Record<keyof typeof operands, ReturnType<Graph["temp"]>>) =>
      conv2d(graph, t.x, t.weight, { ...options, bias: t.bias }),
    upstream,
    precision,
  };
  const got = await runOp(run);
  const want = conv2dGradients(s, x.data, weight.data, upstream);
  const taps = s.kernelHeight * s.kernelWidth;
  const pixels = s.batch * outputHeight * outputWidth;
  const y = reference(s, x.data, weight.data, bias.data);
  assertClose(got.output, y, { ...tolerance(taps * s.inputs, rounding), name: "y" });
  assertClose(got.gradients.x!, want.dx, { ...tolerance(taps * s.outputs, rounding), name: "dx" });
  assertClose(got.gradients.weight!, want.dw, { ...tolerance(pixels), name: "dw" });
  assertClose(got.gradients.bias!, want.db, { ...tolerance(pixels), name: "db" });

  const added = await runOp({ ...run, addTo });
  for (const name of ["x", "weight"] as const) {
    const sum = (name === "x" ? want.dx : want.dw).map((v, i) => v + addTo[name][i]!);
    const terms = name === "x" ? taps * s.outputs : pixels;
    const room = tolerance(terms, name === "x" ? rounding : 0); // gradients of weights are f32
    assertClose(added.gradients[name]!, sum, { ...room, name: `added d${name}` });
  }
}

const portable: Conv2dVariants = {
  forward: { kind: "lanes", lanes: 0, run: 4, runs: 2, taps: 1, blocks: 2 },
  inputGradient: { kind: "lanes", lanes: 0, run: 4, runs: 1, taps: 1, blocks: 2 },
  weightGradient: { kind: "pixels", run: 3, taps: 2, inputs: 2, outputs: 1, parts: 2 },
};

/** Every setting of the tiles that the adapter can run, each pass with its own. */
function tiles({ limits }: Gpu): [string, Conv2dVariants][] {
  const settings = (pass: TilePass) =>
    tileNames(pass).map((name) => tileSetting(pass, name))
      .filter((setting) => setting.kind === "tiles" && fitsWorkgroup(pass, setting, limits));
  const [pixels, weights] = [settings("forward"), settings("weight gradient")];
  const most = Math.max(pixels.length, weights.length);
  return Array.from({ length: most }, (_, i) => [`tiles, setting ${i}`, {
    forward: pixels[i % pixels.length]!,
    inputGradient: pixels[(i + 1) % pixels.length]!,
    weightGradient: { ...weights[i % weights.length]!, parts: 3 },
  }]);
}

/** Every kernel and every kind of tile, with sizes that do not fit into them. */
async function variants(): Promise<[string, Conv2dVariants][]> {
  const gpu = await testGpu();
  const lanes = lockstepLanes(gpu);
  const all: [string, Conv2dVariants][] = [["portable", portable], ...tiles(gpu)];
  if (lanes === 0) return all;
  const channels = (runs: number): PixelVariant => ({ kind: "channels", lanes, runs });
  const columns = (vector: 1 | 2 | 4, rows: number, parts: number): WeightVariant => ({
    kind: "columns",
    lanes,
    vector,
    rows,
    parts,
  });
  const lockstep = (forward: PixelVariant, weightGradient: WeightVariant): Conv2dVariants => ({
    forward,
    inputGradient: forward,
    weightGradient,
  });
  const few = (run: number, taps: number, blocks: number): PixelVariant => ({
    kind: "lanes",
    lanes,
    run,
    runs: 1,
    taps,
    blocks,
  });
  return [
    ...all,
    ["pixels, 1 group", lockstep(few(8, 3, 1), columns(1, 1, 1))],
    ["pixels, 4 groups", lockstep(few(8, 1, 4), columns(1, 1, 1))],
    ["channels, 1 run", lockstep(channels(1), columns(1, 1, 1))],
    ["channels, 3 runs", lockstep(channels(3), columns(2, 2, 2))],
    ["channels, 8 runs", lockstep(channels(8), columns(4, 1, 3))],
  ];
}

const shapes: readonly Case[] = [
  { shape: [2, 5, 7, 3, 5], kernel: 3 },
  { shape: [1, 1, 1, 33, 64], kernel: 1 },
  { shape: [1, 1, 1, 4, 1], kernel: 3 },
  { shape: [1, 9, 13, 12, 16], kernel: 3, stride: 2 },
  { shape: [1, 11, 10, 3, 4], kernel: 7, stride: 2 },
  { shape: [2, 6, 5, 16, 33], kernel: 1, stride: 2 },
  { shape: [1, 8, 9, 1, 12], kernel: 5, padding: 0 },
];

Deno.test("conv2d, every variant: output and gradients equal the twin's (seed: the sizes)", async (t) => {
  for (const [name, forced] of await variants()) {
    for (const of of shapes) {
      const label = `${name}: ${of.shape} kernel ${of.kernel} stride ${of.stride ?? 1}`;
      await t.step(label, () => check({ ...of, variants: forced }));
    }
  }
});

await testMixed(
  "conv2d, every variant on maps stored as f16 equals the twin, rounded",
  async () => {
    for (const [, forced] of await variants()) {
      await check({ ...shapes[3]!, variants: forced }, "mixed");
    }
    const winograd = [await winogradCases(), winogradTileCases()];
    for (const [shape, forced] of winograd.flatMap((cases) => cases.slice(2, 4))) {
      await check({ shape, kernel: 3, variants: forced }, "mixed");
    }
  },
);

/** A convolution by Winograd's transforms. */
type WinogradCase = [Case["shape"], Conv2dVariants, Case["padding"]?];

/** Sizes that do not fill their tiles, nor the workgroups and steps of the products. */
function winogradTileCases(): WinogradCase[] {
  const winograd = (pixels: string, weights: string, parts: number): Conv2dVariants => ({
    forward: tileSetting("forward", `winograd ${pixels}`),
    inputGradient: tileSetting("input gradient", `winograd ${pixels}`),
    weightGradient: { ...tileSetting("weight gradient", `winograd ${weights}`), parts },
  });
  const [small, large] = [["8x8x4", "8x8x16"], ["16x16x4", "16x16x16"]] as const;
  return [
    [[2, 5, 7, 3, 5], winograd(...small, 1)],
    [[1, 1, 1, 4, 1], winograd(...large, 2)],
    [[2, 9, 13, 40, 33], winograd(...small, 3)], // parts of 8 of 24 tiles
    [[1, 23, 29, 100, 8], winograd(...large, 5)],
    [[3, 31, 18, 20, 68], winograd(...large, 1)],
    [[1, 6, 9, 8, 12], winograd(...small, 1), 0],
    [[1, 6, 9, 8, 12], winograd(...large, 2), [2, 1]],
  ];
}

/** Sizes that do not fill their tiles. */
async function winogradCases(): Promise<WinogradCase[]> {
  const lanes = lockstepLanes(await testGpu());
  const winograd = (runs: number, vector: 1 | 2 | 4, rows: number): Conv2dVariants => ({
    forward: { kind: "winograd", lanes, runs },
    inputGradient: { kind: "winograd", lanes, runs },
    weightGradient: { kind: "winograd", lanes, vector, rows },
  });
  if (lanes === 0) return [];
  return [
    [[2, 5, 7, 3, 5], winograd(1, 1, 1)],
    [[1, 1, 1, 4, 1], winograd(4, 2, 1)],
    [[1, 9, 13, 12, 16], winograd(2, 2, 2)],
    [[2, 8, 8, 33, 36], winograd(4, 4, 2)],
    [[1, 23, 29, 100, 8], winograd(4, 4, 3)],
    [[1, 6, 9, 8, 12], winograd(1, 1, 1), 0],
    [[1, 6, 9, 8, 12], winograd(1, 1, 1), [2, 1]],
  ];
}

Deno.test("conv2d by Winograd's transforms: output and gradients equal the twin's", async (t) => {
  for (const [shape, variants, padding] of [...await winogradCases(), ...winogradTileCases()]) {
    const of = { shape, kernel: 3, variants, ...padding === undefined ? {} : { padding } };
    const { kind } = variants.forward!;
    await t.step(`${kind}: ${shape} padding ${padding ?? 1}`, () => check(of));
  }
});

Deno.test("conv2d, the chosen variant: output and gradients equal the twin's", async (t) => {
  const more: Case[] = [
    ...[1, 3, 5, 7].flatMap((kernel) =>
      [1, 2].map((stride): Case => ({ shape: [1, 13, 18, 5, 12], kernel, stride }))
    ),
    { shape: [2, 13, 37, 3, 16], kernel: 7, stride: 2 },
    { shape: [1, 13, 37, 3, 24], kernel: 7, stride: 2 },
    { shape: [1, 13, 19, 24, 24], kernel: 3 },
    { shape: [3, 2, 2, 64, 64], kernel: 3 },
    { shape: [2, 13, 37, 48, 64], kernel: 3 },
    { shape: [2, 9, 21, 16, 45], kernel: 3 },
    { shape: [2, 9, 21, 16, 13], kernel: 1 },
    { shape: [1, 17, 33, 16, 4], kernel: 3 },
    { shape: [2, 8, 16, 4, 1], kernel: 3 },
    { shape: [2, 9, 13, 17, 1], kernel: 3 },
    { shape: [1, 4, 40, 64, 33], kernel: 1 },
    { shape: [1, 9, 8, 16, 16], kernel: 2, padding: 0 },
    { shape: [1, 6, 7, 4, 8], kernel: [1, 4], padding: [2, 3], stride: 2 },
    { shape: [1, 3, 20, 8, 4], kernel: [7, 3], padding: [3, 0] },
    { shape: [1, 2, 3, 256, 515], kernel: 3 }, // weights, and below maps, that software adapters touch ahead
    { shape: [1, 64, 72, 60, 33], kernel: 1 },
    { shape: [1, 97, 129, 60, 33], kernel: 1, stride: 2 },
  ];
  for (const of of more) {
    await t.step(`${of.shape} kernel ${of.kernel} stride ${of.stride ?? 1}`, () => check(of));
  }
});

Deno.test("conv2dGradients() equals central differences of the twin", () => {
  for (const of of shapes.slice(0, 5)) {
    const s = conv2dSizes(of);
    const [outputHeight, outputWidth] = outputSize(s);
    const x = fill("x", [s.batch, s.height, s.width, s.inputs]).data;
    const weight = fill("w", [s.outputs, s.inputs, s.kernelHeight, s.kernelWidth]).data;
    const dy = fill("dy", [s.batch, outputHeight, outputWidth, s.outputs]).data;
    const want = conv2dGradients(s, x, weight, dy);
    const picked = [0, 1, 2, 3, 4].map((k) =>
      [
        Math.floor(k * x.length / 5),
        Math.floor(k * weight.length / 5),
      ] as const
    );
    const byX = picked.map(([i]) => slope((v) => reference(s, v, weight), x, dy, i, 1));
    const byWeight = picked.map(([, i]) => slope((v) => reference(s, x, v), weight, dy, i, 1));
    assertClose(picked.map(([i]) => want.dx[i]!), byX, { atol: 1e-9, rtol: 1e-9, name: "dx" });
    assertClose(picked.map(([, i]) => want.dw[i]!), byWeight, {
      atol: 1e-9,
      rtol: 1e-9,
      name: "dw",
    });
  }
});

Deno.test("conv2d() gives the same bits on every run", async () => {
  const of = { shape: [2, 16, 24, 16, 16] as const, kernel: 3 };
  const s = conv2dSizes(of);
  const run = async () =>
    await runOp({
      operands: {
        x: fill("x", [s.batch, s.height, s.width, s.inputs]),
        weight: { ...fill("w", [s.outputs, s.inputs, 3, 3]), kind: "parameter" as const },
      },
      record: (graph, t) => conv2d(graph, t.x, t.weight, { padding: 1 }),
      upstream: fill("dy", [s.batch, s.height, s.width, s.outputs]).data,
      runs: 2,
    });
  deepEqual(await run(), await run());
});

Deno.test("conv2d() by Winograd's transforms gives the same bits on every run, where it is chosen", async () => {
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const operands = {
    x: fill("x", [2, 33, 30, 48]), // two thirds of the last tiles are empty
    weight: { ...fill("w", [44, 48, 3, 3]), kind: "parameter" as const },
  };
  const [x, weight] = [graph.input("x", [2, 33, 30, 48]), graph.parameter("w", [44, 48, 3, 3])];
  const g = geometry(x, weight, { padding: 1 });
  if (gpu.kind === "cpu" && lockstepLanes(gpu) > 0) { // elsewhere the same holds for other kernels
    for (const transposed of [false, true]) {
      equal(choosePixelVariant(gpu, g, transposed).kind, "winograd");
    }
    equal(chooseWeightVariant(gpu, g).kind, "winograd");
  }
  const run = async () =>
    await runOp({
      operands,
      record: (graph, t) => conv2d(graph, t.x, t.weight, { padding: 1 }),
      upstream: fill("dy", [2, 33, 30, 44]).data,
      runs: 2,
    });
  deepEqual(await run(), await run());
});

Deno.test("conv2d() names what does not fit", async () => {
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const x = graph.input("x", [1, 4, 4, 3]);
  const weight = graph.parameter("w", [8, 3, 3, 3]);
  throws(() => conv2d(graph, x, graph.parameter("v", [8, 4, 3, 3])), {
    name: "TypeError",
    message: 'Cannot convolve "x" with "v": the input has 3 channels, the weight 4',
  });
  throws(() => conv2d(graph, x, weight, { stride: 3 }), {
    name: "RangeError",
    message: /stride 3/,
  });
  throws(() => conv2d(graph, x, weight, { padding: -1 }), RangeError);
  throws(() => conv2d(graph, x, graph.parameter("u", [8, 3, 5, 5])), {
    name: "RangeError",
    message: /does not fit into 4x4/,
  });
  throws(() => conv2d(graph, x, weight, { bias: graph.parameter("b", [7]) }), TypeError);
});
