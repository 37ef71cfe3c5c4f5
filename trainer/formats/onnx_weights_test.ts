import { deepEqual, throws } from "node:assert/strict";
import { OnnxGraph } from "./onnx.ts";
import { readOnnxWeights } from "./onnx_weights.ts";

const numbers = Float32Array.from({ length: 6 }, (_, i) => i / 4 - 0.5);

/** A model with two weights, a constant and two entries of metadata. */
function model(stored: "f32" | "f16"): Uint8Array {
  const graph = new OnnxGraph("weights", { stored, metadata: { height: "128", fusion: "cat" } });
  const x = graph.input("x", [2, 3]);
  const a = graph.weight("a.weight", [2, 3], numbers);
  const b = graph.weight("b.bias", [3], numbers.slice(0, 3));
  const product = graph.node("Mul", [graph.node("Mul", [x, a]), graph.floats("scale", [2])]);
  graph.output("y", graph.node("Add", [product, b]), [2, 3]);
  return graph.encode();
}

for (const stored of ["f32", "f16"] as const) {
  Deno.test(`readOnnxWeights() reads what OnnxGraph wrote as ${stored}, but for its constants`, () => {
    const { weights, metadata } = readOnnxWeights(model(stored), "a.onnx");
    deepEqual([...weights.keys()], ["a.weight", "b.bias"]);
    deepEqual(weights.get("a.weight"), { shape: [2, 3], data: numbers });
    deepEqual(weights.get("b.bias"), { shape: [3], data: numbers.slice(0, 3) });
    deepEqual(metadata, { height: "128", fusion: "cat" });
  });

  Deno.test(`readOnnxWeights() refuses a file that is cut off anywhere in its graph, ${stored}`, () => {
    const whole = model(stored);
    const graphs = [...whole.keys()].filter((length) => {
      try {
        return readOnnxWeights(whole.subarray(0, length), "a.onnx").weights.size !== 2;
      } catch (error) {
        return !/Cannot read weights of "a\.onnx"/.test((error as Error).message);
      }
    });
    deepEqual(graphs, []); // lengths at which it gives fewer weights, or an error that does not say where
    throws(
      () => readOnnxWeights(whole.subarray(0, whole.length >> 1), "a.onnx"),
      /^SyntaxError: Cannot read weights of "a\.onnx" as it is no ONNX model, or cut off: /,
    );
  });
}

Deno.test("readOnnxWeights() names a weight whose bytes are not those of its shape", () => {
  const bytes = model("f32");
  const raw = new Uint8Array(numbers.buffer);
  const at = bytes.findIndex((_, i) => raw.every((byte, k) => bytes[i + k] === byte));
  // the length of the raw data stands before it: 24 bytes; the dims [2, 3] before that
  const dims = bytes.lastIndexOf(3, at);
  const spoiled = bytes.slice();
  spoiled[dims] = 4;
  throws(
    () => readOnnxWeights(spoiled, "a.onnx"),
    /: "a\.weight" of \[2,4\] has 24 bytes, not 32; copy it again$/,
  );
});

Deno.test("readOnnxWeights() refuses what holds no weights", () => {
  throws(() => readOnnxWeights(new TextEncoder().encode("<html>"), "a.onnx"), SyntaxError);
  throws(() => readOnnxWeights(new Uint8Array(), "a.onnx"), /it holds no float weights/);
});
