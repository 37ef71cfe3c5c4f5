import { deepEqual, equal, throws } from "node:assert/strict";
import { tinyDepthModel } from "../tests/helpers/tiny_depth_model.ts";
import { type OnnxForm, readOnnxForm } from "./onnx_form.ts";
import { checkOutput, facesOfRun, teacherForm } from "./teacher_form.ts";

const form = (options: Parameters<typeof tinyDepthModel>[0]) =>
  readOnnxForm(tinyDepthModel(options), "m");

Deno.test("teacherForm() finds names, batch and size", () => {
  deepEqual(teacherForm(form({}), "m"), {
    input: "pixel_values",
    output: "predicted_depth",
    batch: undefined,
    inputSize: 518,
  });
  deepEqual(
    teacherForm(form({ input: "image", output: "depth", batch: 1, size: 392, rank4: true }), "m"),
    {
      input: "image",
      output: "depth",
      batch: 1,
      inputSize: 392,
    },
  );
  const metadata = { multiple_of: "32", input_size: "96" };
  deepEqual(teacherForm(form({ metadata }), "m").inputSize, 96);
  deepEqual(teacherForm(form({ metadata }), "m", 64).inputSize, 64);
});

Deno.test("teacherForm() names the nearest allowed sizes", () => {
  throws(
    () => teacherForm(form({}), "m", 250),
    /^RangeError: Cannot run teacher "m" at 250 pixels .* the nearest are 238 and 252/,
  );
  throws(() => teacherForm(form({}), "m", 3), /multiple of 14: the nearest is 14/);
  throws(
    () => teacherForm(form({ size: 518 }), "m", 252),
    /its input is fixed: the size allowed is 518/,
  );
  throws(
    () => teacherForm(form({ metadata: { multiple_of: "32" } }), "m", 100),
    /the nearest are 96 and 128/,
  );
});

Deno.test("teacherForm() refuses other networks, showing what they have", () => {
  const good = form({});
  const [input, output] = [good.inputs[0]!, good.outputs[0]!];
  const wrong = (change: Partial<OnnxForm>, message: RegExp) =>
    throws(
      () => teacherForm({ ...good, ...change }, "m"),
      (error) => error instanceof TypeError && message.test(error.message),
    );
  wrong({ inputs: [] }, /it has 0 inputs/);
  wrong(
    { inputs: [input, { ...input, name: "prompt" }] },
    /it has 2 inputs: "pixel_values".*"prompt"/,
  );
  wrong({ inputs: [{ ...input, type: "float16" }] }, /its input is "pixel_values" float16/);
  wrong(
    { inputs: [{ ...input, dims: ["n", 3, 224] }] },
    /its input is "pixel_values" float32 \[n, 3, 224\]/,
  );
  wrong({ inputs: [{ ...input, dims: ["n", 224, 224, 3] }] }, /its input is/);
  wrong({ inputs: [{ ...input, dims: undefined }] }, /\[\?\]/);
  wrong({ inputs: [{ ...input, dims: [1, 3, 384, 512] }] }, /faces are square/);
  wrong(
    { outputs: [{ ...output, dims: ["n", 1000] }] },
    /its output is "predicted_depth" float32 \[n, 1000\]/,
  );
  wrong(
    { outputs: [{ ...output, name: "a" }, { ...output, name: "b" }] },
    /none of its outputs is named predicted_depth or depth/,
  );
});

Deno.test("facesOfRun() bounds the pixels of a run: one panorama of Depth Anything's size, many small ones", () => {
  equal(facesOfRun(518), 6);
  equal(facesOfRun(1036), 1);
  equal(facesOfRun(4144), 1);
  equal(facesOfRun(64), 393);
});

Deno.test("checkOutput() takes rank 3, and rank 4 with one channel", () => {
  checkOutput("m", [2, 14, 14], 2, 14);
  checkOutput("m", [2, 1, 14, 14], 2, 14);
  for (const dims of [[2, 14], [1, 14, 14], [2, 3, 14, 14], [2, 14, 28]]) {
    throws(() => checkOutput("m", dims, 2, 14), /expected \[2, 14, 14\]/);
  }
});
