import { deepEqual, equal, ok, throws } from "node:assert/strict";
import * as ort from "onnxruntime-web";
import { readOnnxForm } from "@depth-anywhere/teacher";
import { OnnxGraph } from "./onnx.ts";
import * as weightless from "./onnx_layers.ts";
import * as weighted from "../../tests/helpers/onnx_layers.ts";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";

const need = ignoreWithout({ read: true, env: true, sys: true });

/** A fixed wave instead of random numbers. */
function wave(n: number, seed: number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => Math.sin(i * 1.7 + seed) * 0.7);
}

async function run(
  graph: OnnxGraph,
  feeds: Record<string, [Float32Array, number[]]>,
): Promise<Record<string, ort.Tensor>> {
  const session = await ort.InferenceSession.create(graph.encode(), {
    executionProviders: ["wasm"],
  });
  const inputs: Record<string, ort.Tensor> = {};
  for (const [name, [data, dims]] of Object.entries(feeds)) {
    inputs[name] = new ort.Tensor("float32", data, dims);
  }
  const results = await session.run(inputs);
  await session.release();
  return results as Record<string, ort.Tensor>;
}

function close(got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number): void {
  equal(got.length, want.length);
  for (let i = 0; i < want.length; i++) {
    ok(Math.abs(got[i]! - want[i]!) <= tolerance, `element ${i}: ${got[i]} against ${want[i]}`);
  }
}

/** Plain-loop convolution, N = 1, CHW. */
function convReference(
  x: Float32Array,
  [c, h, w]: [number, number, number],
  { weight, shape: [o, , kh, kw], bias }: weighted.ConvWeights,
  stride: number,
  padding: number,
): Float32Array {
  const oh = Math.floor((h + 2 * padding - kh) / stride) + 1;
  const ow = Math.floor((w + 2 * padding - kw) / stride) + 1;
  const y = new Float32Array(o * oh * ow);
  for (let k = 0; k < o; k++) {
    for (let v = 0; v < oh; v++) {
      for (let u = 0; u < ow; u++) {
        let sum = bias?.[k] ?? 0;
        for (let i = 0; i < c; i++) {
          for (let a = 0; a < kh; a++) {
            for (let b = 0; b < kw; b++) {
              const [row, column] = [v * stride + a - padding, u * stride + b - padding];
              if (row < 0 || column < 0 || row >= h || column >= w) continue;
              sum += x[(i * h + row) * w + column]! * weight[((k * c + i) * kh + a) * kw + b]!;
            }
          }
        }
        y[(k * oh + v) * ow + u] = sum;
      }
    }
  }
  return y;
}

Deno.test(
  "a written Conv + BatchNormalization runs in onnxruntime-web as loops say" +
    need.suffix,
  { ignore: need.ignore },
  async () => {
    const weights: weighted.ConvWeights = {
      weight: wave(5 * 3 * 9, 1),
      shape: [5, 3, 3, 3],
      bias: wave(5, 2),
    };
    const bn = {
      weight: wave(5, 3),
      bias: wave(5, 4),
      mean: wave(5, 5),
      variance: wave(5, 6).map((v) => v * v + 0.5),
    };
    const x = wave(3 * 7 * 9, 7);
    const graph = new OnnxGraph("conv");
    const image = graph.input("image", ["batch", 3, "height", "width"]);
    const y = weighted.conv(graph, image, "stem", weights, { stride: 2, padding: 1 });
    graph.output("plain", weighted.batchNorm(graph, y, "bn", bn), ["batch", 5, "h2", "w2"]);

    const { plain } = await run(graph, { image: [x, [1, 3, 7, 9]] });
    deepEqual([...plain!.dims], [1, 5, 4, 5]);
    const convolved = convReference(x, [3, 7, 9], weights, 2, 1);
    const want = convolved.map((value, i) => {
      const o = Math.floor(i / 20);
      const normal = (value - bn.mean[o]!) / Math.sqrt(bn.variance[o]! + 1e-5);
      return normal * bn.weight[o]! + bn.bias[o]!;
    });
    close(plain!.data as Float32Array, want, 1e-5);
  },
);

Deno.test(
  "every layer of onnx_layers.ts runs in onnxruntime-web with dynamic batch and size" + need.suffix,
  { ignore: need.ignore },
  async () => {
    const graph = new OnnxGraph("layers", { metadata: { kind: "test" } });
    const x = graph.input("x", ["batch", 2, "height", "width"]);
    const pooled = weightless.maxPool(graph, x, 3, 2, 1);
    const up = weightless.upsample2(graph, pooled);
    const joined = weightless.concat(graph, [
      weightless.relu(graph, up),
      weightless.elu(graph, up),
    ]);
    const gate = weightless.sigmoid(graph, joined);
    const all = weightless.add(graph, joined, gate);
    const weights: weighted.ConvWeights = {
      weight: new Float32Array([1, -2, 3, 0.5]),
      shape: [1, 4, 1, 1],
    };
    const one = weighted.conv(graph, all, "mix", weights);
    graph.output("y", weightless.squeeze(graph, one, [1]), ["batch", "height", "width"]);

    for (const [n, h, w] of [[1, 4, 6], [3, 8, 4]] as const) {
      const input = wave(n * 2 * h * w, 3);
      const { y } = await run(graph, { x: [input, [n, 2, h, w]] });
      deepEqual([...y!.dims], [n, h, w]);
      for (let b = 0; b < n; b++) {
        const pool = (c: number, v: number, u: number) => {
          let most = -Infinity;
          for (let a = -1; a <= 1; a++) {
            for (let d = -1; d <= 1; d++) {
              const [row, column] = [2 * v + a, 2 * u + d];
              if (row < 0 || column < 0 || row >= h || column >= w) continue;
              most = Math.max(most, input[((b * 2 + c) * h + row) * w + column]!);
            }
          }
          return most;
        };
        const value = (c: number, v: number, u: number) => {
          const p = pool(c % 2, v >> 1, u >> 1);
          return c < 2 ? Math.max(p, 0) : p > 0 ? p : Math.expm1(p);
        };
        const gated = (value: number) => value + 1 / (1 + Math.exp(-value));
        const got = y!.data as Float32Array;
        for (let v = 0; v < h; v++) {
          for (let u = 0; u < w; u++) {
            const want = [1, -2, 3, 0.5].reduce(
              (sum, weight, c) => sum + weight * gated(value(c, v, u)),
              0,
            );
            ok(Math.abs(got[(b * h + v) * w + u]! - want) < 1e-5);
          }
        }
      }
    }
  },
);

Deno.test(
  "OnnxGraph stores weights as f16 in half the space and casts them on load" + need.suffix,
  { ignore: need.ignore },
  async () => {
    const weights: weighted.ConvWeights = {
      weight: wave(16 * 16 * 9, 1),
      shape: [16, 16, 3, 3],
      bias: wave(16, 2),
    };
    const build = (stored: "f32" | "f16") => {
      const graph = new OnnxGraph("half", { stored });
      const y = weighted.conv(graph, graph.input("x", [1, 16, 8, 8]), "c", weights, { padding: 1 });
      graph.output("y", y, [1, 16, 8, 8]);
      return graph;
    };
    const [full, half] = [build("f32"), build("f16")];
    ok(half.encode().length < 0.6 * full.encode().length);
    const x = wave(16 * 64, 3);
    const { y } = await run(half, { x: [x, [1, 16, 8, 8]] });
    const rounded = {
      ...weights,
      weight: Float32Array.from(new Float16Array(weights.weight)),
      bias: Float32Array.from(new Float16Array(weights.bias!)),
    };
    close(y!.data as Float32Array, convReference(x, [16, 8, 8], rounded, 1, 1), 1e-4);
    throws(
      () => new OnnxGraph("g").weight("w", [1], new Float32Array([1e6]), "f16"),
      /Cannot store weight "w" as f16/,
    );
  },
);

Deno.test("readOnnxForm() reads the inputs and outputs that OnnxGraph wrote", () => {
  const graph = new OnnxGraph("form", { metadata: { licence: "MIT" }, opset: 16 });
  const x = graph.input("pixel_values", ["batch", 3, "height", 252]);
  graph.output("predicted_depth", weightless.relu(graph, x), ["batch", 3, 84, 252]);
  const form = readOnnxForm(graph.encode(), "form.onnx");
  deepEqual(form, {
    inputs: [{ name: "pixel_values", type: "float32", dims: ["batch", 3, "height", 252] }],
    outputs: [{ name: "predicted_depth", type: "float32", dims: ["batch", 3, 84, 252] }],
    opset: 16,
    producer: "depth-anywhere",
    metadata: { licence: "MIT" },
    externalData: [],
  });
});

Deno.test("OnnxGraph refuses unknown inputs, taken names, wrong dims and fractional integers", () => {
  const graph = new OnnxGraph("wrong");
  const x = graph.input("x", [1]);
  throws(
    () => graph.node("Relu", ["y"]),
    /Cannot add Relu "relu_1" as its input "y" is not in the graph yet/,
  );
  throws(() => graph.input("x", [1]), /the name is taken/);
  throws(() => graph.weight("w", [2], new Float32Array(3)), /dims are \[2\], data has 3/);
  throws(() => graph.encode(), /has no output/);
  graph.output("y", graph.node("Elu", [x], { alpha: 0.5 }), [1]);
  throws(() => graph.encode(), /Cannot write attribute "alpha" as an integer/);
});
