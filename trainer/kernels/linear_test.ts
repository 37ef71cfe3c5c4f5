import { assertClose } from "../../tests/helpers/assert_close.ts";
import { conv2dSizes } from "../../tests/helpers/conv2d_sizes.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { runOp } from "../../tests/helpers/run_op.ts";
import { conv2d as reference, conv2dGradients } from "./conv2d_reference.ts";
import { linear } from "./linear.ts";

/** Sums of at most 33 products of numbers in [-1, 1). */
const tolerance = { atol: 1e-5, rtol: 5e-6 };

Deno.test("linear() equals the twin of a 1x1 convolution, with its gradients", async () => {
  const [batch, inputs, outputs] = [3, 33, 5];
  const s = conv2dSizes({ shape: [batch, 1, 1, inputs, outputs], kernel: 1 });
  const operands = {
    x: fill("linear x", [batch, 1, 1, inputs]),
    weight: { ...fill("linear w", [outputs, inputs]), kind: "parameter" as const },
    bias: { ...fill("linear b", [outputs]), kind: "parameter" as const },
  };
  const upstream = fill("linear dy", [batch, 1, 1, outputs]).data;
  const { x, weight, bias } = operands;
  const got = await runOp({
    operands,
    record: (graph, t) => linear(graph, t.x, t.weight, t.bias),
    upstream,
  });
  const want = conv2dGradients(s, x.data, weight.data, upstream);
  assertClose(got.output, reference(s, x.data, weight.data, bias.data), tolerance);
  assertClose(got.gradients.x!, want.dx, tolerance);
  assertClose(got.gradients.weight!, want.dw, tolerance);
  assertClose(got.gradients.bias!, want.db, tolerance);
});
