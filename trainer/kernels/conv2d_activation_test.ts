import { deepEqual, equal } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { type Conv2dCase, conv2dSizes, pixelVariants } from "../../tests/helpers/conv2d_sizes.ts";
import { fill, withValues } from "../../tests/helpers/fill.ts";
import { type Operand, runOp, testGpu } from "../../tests/helpers/run_op.ts";
import { conv2d, type Conv2dOptions, type Conv2dVariants } from "./conv2d.ts";
import type { Activation } from "./conv2d_activation.ts";
import { conv2d as reference, type Sizes } from "./conv2d_reference.ts";
import { lockstepLanes } from "./conv2d_variants.ts";
import { elu } from "./elu_reference.ts";
import { relu } from "./relu_reference.ts";

const twins = { relu, elu };

function operands(s: Sizes): Record<"x" | "weight" | "bias", Operand> {
  const seed = `activation ${JSON.stringify(s)}`;
  const weight = [s.outputs, s.inputs, s.kernelHeight, s.kernelWidth];
  return {
    x: fill(`${seed} x`, [s.batch, s.height, s.width, s.inputs]),
    weight: { ...fill(`${seed} weight`, weight, -0.5, 0.5), kind: "parameter" },
    bias: { ...fill(`${seed} bias`, [s.outputs]), kind: "parameter" },
  };
}

async function check(
  s: Sizes,
  activation: Activation,
  { kind, biased, variants = {} }: {
    kind: "cpu" | "gpu";
    biased: boolean;
    variants?: Conv2dVariants;
  },
): Promise<void> {
  const options: Conv2dOptions = { padding: s.paddingY, activation, variants };
  await checkOp({
    operands: operands(s),
    record: (graph, { x, weight, bias }) =>
      conv2d(graph, x, weight, { ...options, bias: biased ? bias : undefined }),
    twin: ({ x, weight, bias }) =>
      twins[activation](reference(s, x, weight, biased ? bias : undefined)),
    gpu: { ...await testGpu(), kind },
    atol: 2e-5, // sums over some hundred pixels or products
    samples: 12,
  });
}

// Channels with padding, a single one, more than a workgroup's lanes; pixels that fill no tile.
const cases: readonly Conv2dCase[] = [
  { shape: [2, 5, 7, 3, 6], kernel: 3 },
  { shape: [1, 9, 13, 4, 1], kernel: 3 },
  { shape: [1, 4, 3, 8, 260], kernel: 1 },
];
for (const of of cases) {
  for (const activation of ["relu", "elu"] as const) {
    for (const kind of ["cpu", "gpu"] as const) {
      Deno.test(`conv2d() with ${activation} [${of.shape} kernel ${of.kernel}] ${kind} equals its twin and its differences`, async () => {
        await check(conv2dSizes(of), activation, { kind, biased: true });
        await check(conv2dSizes(of), activation, { kind, biased: false });
      });
    }
  }
}

Deno.test("conv2d, every variant, with elu: equals its twin and its differences", async (t) => {
  const lanes = lockstepLanes(await testGpu());
  const s = conv2dSizes({ shape: [1, 6, 9, 8, 12], kernel: 3 });
  for (const variant of pixelVariants(lanes)) {
    const of = { kind: "cpu", biased: true, variants: { forward: variant } } as const;
    await t.step(JSON.stringify(variant), () => check(s, "elu", of));
  }
});

Deno.test("conv2d() with an activation is the convolution, then the activation, to the bit", async () => {
  const s = conv2dSizes({ shape: [2, 6, 10, 8, 12], kernel: 3 });
  const { x, weight, bias } = operands(s);
  const run = (activation?: Activation) =>
    runOp({
      operands: { x, weight, bias },
      record: (graph, t) => conv2d(graph, t.x, t.weight, { padding: 1, bias: t.bias, activation }),
    });
  const [plain, cut] = [await run(), await run("relu")];
  deepEqual(cut.output, plain.output.map((v) => Math.max(v, 0)));
});

Deno.test("conv2d() with an activation keeps NaN, and elu is -1 far below zero", async () => {
  const zeros = { shape: [1, 1, 4, 4], data: new Float32Array(16) }; // no padding, which NaN would spread into
  const x = withValues(zeros, { 0: NaN, 4: -200, 8: 3 });
  for (const [activation, low] of [["relu", 0], ["elu", -1]] as const) {
    const got = await runOp({
      operands: {
        x,
        weight: { shape: [4, 4, 1, 1], data: new Float32Array(16).fill(1), kind: "parameter" },
      },
      record: (graph, t) => conv2d(graph, t.x, t.weight, { activation }),
      upstream: new Float32Array(16).fill(1),
    });
    equal(Number.isNaN(got.output[0]), true);
    assertClose([1, 2, 3].map((pixel) => got.output[4 * pixel]!), [low, 3, 0]);
    assertClose([4, 8].map((i) => got.gradients.x![i]!), [0, 4]); // four channels look at each pixel
  }
});

const mixed = conv2dSizes({ shape: [1, 6, 9, 8, 12], kernel: 3 });
for (const biased of [true, false]) {
  await testOpMixed(`conv2d() with elu${biased ? " and bias" : ""}`, {
    operands: operands(mixed),
    record: (graph, { x, weight, bias }) =>
      conv2d(graph, x, weight, { padding: 1, activation: "elu", bias: biased ? bias : undefined }),
    twin: ({ x, weight, bias }) => elu(reference(mixed, x, weight, biased ? bias : undefined)),
    atol: 1e-5, // sums of 72 products
    samples: 12,
  });
}
