import { deepEqual, throws } from "node:assert/strict";
import { PbfWriter } from "pbf";
import { tinyDepthModel } from "../tests/helpers/tiny_depth_model.ts";
import { readOnnxForm } from "./onnx_form.ts";

Deno.test("readOnnxForm() says what a file is that is not a model", () => {
  const read = (text: string) => () => readOnnxForm(new TextEncoder().encode(text), "m.onnx");
  throws(read(""), /^SyntaxError: Cannot read "m.onnx" as an ONNX model: current content is empty/);
  throws(
    read("version https://git-lfs.github.com/spec/v1\noid"),
    /a git-lfs pointer, not the file itself/,
  );
  throws(read("<!doctype html><p>404"), /a web page/);
  throws(read("hello world, this is text"), /another format or a part of a model/);
  const good = tinyDepthModel();
  for (const size of [10, good.length >> 1, good.length - 20]) {
    throws(
      () => readOnnxForm(good.subarray(0, size), "m.onnx"),
      /another format or a part of a model/,
    );
  }
});

Deno.test("readOnnxForm() leaves out inputs that are initialisers, and lists external data", () => {
  const pbf = new PbfWriter();
  const entry = (key: string, value: string) => (_: unknown, out: PbfWriter) => {
    out.writeStringField(1, key);
    out.writeStringField(2, value);
  };
  const value = (name: string) => (_: unknown, out: PbfWriter) => out.writeStringField(1, name);
  pbf.writeVarintField(1, 3);
  pbf.writeMessage(7, (_, graph) => {
    graph.writeMessage(5, (_, tensor) => {
      tensor.writeStringField(8, "w");
      tensor.writeMessage(13, entry("location", "model.onnx_data"), undefined);
      tensor.writeMessage(13, entry("offset", "0"), undefined);
    }, undefined);
    graph.writeMessage(11, value("x"), undefined);
    graph.writeMessage(11, value("w"), undefined);
    graph.writeMessage(12, value("y"), undefined);
  }, undefined);
  deepEqual(readOnnxForm(pbf.finish(), "m"), {
    inputs: [{ name: "x", type: "?", dims: undefined }],
    outputs: [{ name: "y", type: "?", dims: undefined }],
    opset: 0,
    producer: "",
    metadata: {},
    externalData: ["model.onnx_data"],
  });
});
