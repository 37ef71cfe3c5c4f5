import { deepEqual, equal, throws } from "node:assert/strict";
import { testMixed } from "../../tests/helpers/check_mixed.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { concat } from "../kernels/concat.ts";
import { upsampleNearest } from "../kernels/upsample_nearest.ts";
import { Graph } from "./graph.ts";
import { ParameterStore } from "./parameters.ts";
import { text } from "./shader.ts";
import { checkPrecision, shaderFor } from "./stored.ts";
import code from "./stored_test.wgsl" with { type: "text" };
import { read, type Shape, type Tensor, write } from "./tensor.ts";

await testMixed(
  "A graph with mixed precision stores feature maps and their gradients as f16",
  (gpu) => {
    const graph = new Graph(gpu, new ParameterStore(gpu), "train", { precision: "mixed" });
    const input = (shape: Shape): Tensor => graph.input("x", shape, { requiresGradient: true });
    const map = upsampleNearest(graph, input([1, 4, 8, 6]));
    const picture = upsampleNearest(graph, input([1, 4, 8, 3]));
    const pixel = concat(graph, [input([2, 1, 1, 4])]);
    equal(map.bytes, 2 * 8 * 16 * 8);
    deepEqual([map, picture, pixel].map(({ stored }) => stored), ["f16", "f32", "f32"]);
    equal(graph.reshape(map, [2, 4, 16, 6]).stored, "f16");
    const gradient = graph.input("dy", [1, 16, 32, 6], { stored: "f16" });
    const top = upsampleNearest(graph, map);
    graph.differentiateFrom([{ tensor: top, gradient }]);
    deepEqual([graph.gradient(map)!.stored, graph.gradient(map)!.bytes], ["f16", map.bytes]);
  },
);

await testMixed(
  "A dispatch tells its shader which bindings are f16, and refuses a text that takes them for f32",
  (gpu) => {
    const graph = new Graph(gpu, new ParameterStore(gpu), "train");
    const half = graph.input("h", [1, 2, 2, 4], { stored: "f16" });
    const bind = (entryPoint: string, x: Tensor, y: Tensor) =>
      shaderFor({
        label: "copy it",
        shader: { file: "stored_test.wgsl", code, entryPoint },
        bindings: [read(x), write(y)],
        workgroups: [1],
      });
    const whole = graph.input("w", [1, 2, 2, 4]);
    const header = (entryPoint: string, x: Tensor, y: Tensor): string =>
      text(bind(entryPoint, x, y)).split("// Stored2")[0]!;
    equal(header("to_z", whole, whole), "alias Stored1 = f32;\nalias Stored2 = f32;\n");
    equal(header("to_y", half, whole), "enable f16;\nalias Stored1 = f16;\nalias Stored2 = f32;\n");
    equal(header("to_z", half, half), "enable f16;\nalias Stored1 = f16;\nalias Stored2 = f16;\n");
    throws(
      () => bind("to_y", whole, half),
      /^TypeError: Cannot bind "h", stored as f16, to binding 2 of "copy it": "y" is array<vec4f> there; declare it array<vec4<Stored2>> in stored_test\.wgsl$/,
    );
  },
);

Deno.test("Mixed precision on an adapter without 16-bit floats is refused by its name, with what to do", async () => {
  const gpu = { ...await testGpu(), f16: false, name: "Old Card" };
  const wanted =
    /^RangeError: Cannot train with precision mixed as adapter "Old Card" has no 16-bit floats \(shader-f16\): leave --precision away$/;
  throws(() => new Graph(gpu, new ParameterStore(gpu), "train", { precision: "mixed" }), wanted);
  checkPrecision(gpu, "f32");
});
