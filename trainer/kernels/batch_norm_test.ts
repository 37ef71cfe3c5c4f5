import { equal, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { slope } from "../../tests/helpers/central_difference.ts";
import { fill, withValues } from "../../tests/helpers/fill.ts";
import { type Operand, runOp, testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Shape, Tensor } from "../gpu/tensor.ts";
import { batchNorm, type BatchNormOptions } from "./batch_norm.ts";
import { batchNorm as reference } from "./batch_norm_reference.ts";

type Tensors = Record<Name, Tensor>;
type Name = "x" | "residual" | "weight" | "bias" | "runningMean" | "runningVar";

function operands(seed: string, shape: Shape): Record<Name, Operand> {
  const channels = [shape[3]!];
  return {
    x: fill(`${seed} x`, shape, -1, 3),
    residual: fill(`${seed} residual`, shape),
    weight: { ...fill(`${seed} weight`, channels, 0.5, 1.5), kind: "parameter" },
    bias: { ...fill(`${seed} bias`, channels), kind: "parameter" },
    runningMean: { ...fill(`${seed} running mean`, channels), kind: "state" },
    runningVar: { ...fill(`${seed} running var`, channels, 0.5, 2), kind: "state" },
  };
}

interface Switches {
  relu: boolean;
  residual: boolean;
  running: boolean;
}

function options({ relu, running }: Switches): BatchNormOptions {
  return { relu, statistics: running ? "running" : "batch" };
}

function twin(of: Record<Name, { data: ArrayLike<number> }>, switches: Switches) {
  const numbers = {
    weight: of.weight.data,
    bias: of.bias.data,
    runningMean: of.runningMean.data,
    runningVar: of.runningVar.data,
  };
  const residual = switches.residual ? of.residual.data : undefined;
  return reference(of.x.data, { ...numbers, ...(residual ? { residual } : {}) }, switches);
}

/** Indices to look at: all of a small array, some of a large one. */
function some(length: number): number[] {
  const count = Math.min(length, 24);
  return Array.from({ length: count }, (_, k) => Math.floor(k * length / count));
}

async function check(shape: Shape, switches: Switches, kind: "cpu" | "gpu"): Promise<void> {
  const gpu = { ...await testGpu(), kind };
  const seed = `batch norm ${shape}`;
  const of = operands(seed, shape);
  const upstream = fill(`${seed} upstream`, shape).data;
  const there: Partial<Record<Name, Float32Array>> = {
    x: fill(`${seed} dx`, shape).data,
    weight: fill(`${seed} dw`, [shape[3]!]).data,
    bias: fill(`${seed} db`, [shape[3]!]).data,
    ...(switches.residual ? { residual: fill(`${seed} dr`, shape).data } : {}),
  };
  const record = (
    graph: Graph,
    { x, residual, ...tensors }: Tensors,
  ) =>
    batchNorm(graph, x, tensors, {
      ...options(switches),
      ...(switches.residual ? { residual } : {}),
    });
  const got = await runOp({ operands: of, record, upstream, gpu });
  const want = twin(of, switches);
  const tolerance = { atol: 5e-6, rtol: 5e-6 };
  assertClose(got.output, want.y, { ...tolerance, name: "y" });
  assertClose(got.states.runningMean!, want.runningMean, { ...tolerance, name: "running mean" });
  assertClose(got.states.runningVar!, want.runningVar, { ...tolerance, name: "running var" });

  const added = await runOp({ operands: of, record, upstream, gpu, addTo: there });
  for (const name of ["x", "residual", "weight", "bias"] as const) {
    if (name === "residual" && !switches.residual) continue;
    const picked = some(of[name].data.length);
    const wanted = picked.map((i) =>
      slope(
        (data) => twin({ ...of, [name]: { data } }, switches).y,
        of[name].data,
        upstream,
        i,
        1e-5,
      )
    );
    // Sums over all pixels: room for their float32 rounding.
    const room = { atol: 2e-5, rtol: 2e-5 };
    const gradient = got.gradients[name]!;
    assertClose(picked.map((i) => gradient[i]!), wanted, { ...room, name: `d ${name}` });
    const sum = gradient.map((v, i) => v + there[name]![i]!);
    assertClose(added.gradients[name]!, sum, { name: `d ${name} added to another gradient` });
  }
}

const cases: [Shape, Partial<Switches>][] = [
  [[1, 1, 2, 1], {}],
  [[2, 3, 5, 3], { relu: true }],
  [[1, 7, 9, 4], { residual: true }], // one pixel short of a workgroup
  [[1, 5, 13, 6], { relu: true, residual: true }], // one pixel over, padding
  [[3, 4, 5, 20], { relu: true }], // strips that do not fill the workgroup
  [[1, 37, 61, 16], { relu: true, residual: true }], // several tiles, the last one short
  [[1, 3, 3, 260], { relu: true }], // more channels than lanes
  [[1, 11, 101, 260], { relu: true }], // more tiles than threads that merge them
  [[2, 3, 5, 6], { running: true }],
  [[1, 9, 9, 20], { running: true, relu: true, residual: true }],
];
for (const [shape, partial] of cases) {
  const switches = { relu: false, residual: false, running: false, ...partial };
  const on = Object.entries(switches).filter(([, value]) => value).map(([name]) => ` ${name}`);
  for (const kind of ["cpu", "gpu"] as const) {
    Deno.test(`batchNorm() [${shape}]${on.join("")} ${kind} equals its twin and its differences`, () =>
      check(shape, switches, kind));
  }
}

for (const switches of [{}, { relu: true }, { relu: true, residual: true }]) {
  const all = { relu: false, residual: false, running: false, ...switches };
  await testOpMixed(`batchNorm() ${Object.keys(switches).join(" ")}`, {
    operands: operands("half", [2, 5, 13, 6]),
    record: (graph, { residual, ...of }) =>
      batchNorm(graph, of.x, of, { ...options(all), ...(all.residual && { residual }) }),
    twin: (data) => {
      const of = Object.entries(data).map(([name, data]) => [name, { data }]);
      return twin(Object.fromEntries(of) as Record<Name, { data: ArrayLike<number> }>, all).y;
    },
    atol: 2e-5, // sums over all pixels
    rtol: 2e-5,
  });
}

Deno.test("batchNorm() of an input without gradient still has those of weight and bias", async () => {
  const plain = operands("frozen", [1, 3, 5, 4]);
  const record = (graph: Graph, { x, residual: _, ...tensors }: Tensors) =>
    batchNorm(graph, x, tensors, { relu: true });
  const upstream = fill("frozen upstream", [60]).data;
  const all = await runOp({ operands: plain, record, upstream });
  const of = { ...plain, x: { ...plain.x, kind: "data" as const } };
  const got = await runOp({ operands: of, record, upstream });
  equal(got.gradients.x, undefined);
  assertClose(got.gradients.weight!, all.gradients.weight!, { atol: 0, rtol: 0 });
});

Deno.test("batchNorm() keeps its digits where the mean is large against the spread", async () => {
  const shape = [2, 16, 16, 4];
  const of = { ...operands("large mean", shape), x: fill("large mean x", shape, 4096, 4097) };
  const upstream = new Float32Array(2 * 16 * 16 * 4);
  const got = await runOp({
    operands: of,
    record: (graph, { x, residual: _, ...tensors }) => batchNorm(graph, x, tensors),
    upstream,
  });
  const want = twin(of, { relu: false, residual: false, running: false });
  // x has 2.4e-4 between neighbours; its values are exact, so only the mean's rounding counts.
  assertClose(got.output, want.y, { atol: 2e-3, rtol: 0 });
  assertClose(got.states.runningVar!, want.runningVar, { atol: 1e-5 });
});

Deno.test("batchNorm() gives a constant channel its bias and finite gradients", async () => {
  const shape = [1, 5, 5, 4];
  const of = { ...operands("flat", shape), x: { shape, data: new Float32Array(100).fill(7) } };
  const got = await runOp({
    operands: of,
    record: (graph, { x, residual: _, ...tensors }) => batchNorm(graph, x, tensors),
    upstream: fill("flat upstream", shape).data,
  });
  assertClose(got.output, Float32Array.from({ length: 100 }, (_, i) => of.bias.data[i % 4]!));
  assertClose(got.gradients.weight!, new Float32Array(4));
  assertClose(got.gradients.x!.map((v) => Number.isFinite(v) ? 0 : v), new Float32Array(100));
});

Deno.test("batchNorm() keeps a NaN in its channel", async () => {
  const shape = [1, 4, 4, 4];
  const plain = operands("nan", shape);
  const of = { ...plain, x: withValues(plain.x, { 6: NaN }) };
  const got = await runOp({
    operands: of,
    record: (graph, { x, residual: _, ...tensors }) => batchNorm(graph, x, tensors, { relu: true }),
    upstream: new Float32Array(64).fill(1),
  });
  const want = twin(of, { relu: true, residual: false, running: false });
  assertClose(got.output, want.y, { atol: 5e-6 });
});

Deno.test("batchNorm() in an evaluation graph uses the running statistics", async () => {
  const of = operands("evaluate", [1, 3, 3, 6]);
  const got = await runOp({
    operands: of,
    record: (graph, { x, residual, ...tensors }) => batchNorm(graph, x, tensors, { residual }),
  });
  const want = twin(of, { relu: false, residual: true, running: true });
  assertClose(got.output, want.y, { atol: 5e-6 });
  assertClose(got.states.runningMean!, of.runningMean.data);
});

Deno.test("batchNorm() refuses what it cannot normalise", async () => {
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const tensors = {
    weight: graph.parameter("bn.weight", [4]),
    bias: graph.parameter("bn.bias", [4]),
    runningMean: graph.state("bn.running_mean", [4]),
    runningVar: graph.state("bn.running_var", [4]),
  };
  const x = graph.input("x", [1, 2, 2, 4]);
  throws(
    () => batchNorm(graph, graph.input("x", [1, 1, 1, 4]), tensors),
    /single value.*\[1,1,1,4\]/,
  );
  throws(
    () => batchNorm(graph, graph.input("x", [1, 2, 2, 8]), tensors),
    /its shape is \[4\], not \[8\]/,
  );
  throws(() => batchNorm(graph, x, tensors, { residual: x }), /another tensor of shape/);
});
