import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { add } from "../kernels/add.ts";
import { concat } from "../kernels/concat.ts";
import { relu } from "../kernels/relu.ts";
import { Recording } from "./recording.ts";

Deno.test("A recording tells the ops in order, with what they read and make", () => {
  const recording = new Recording();
  const x = recording.input("x", [1, 4, 8, 4]);
  const y = relu(recording, x);
  const z = concat(recording, [x, add(recording, x, y)]);
  const ops = recording.ops();
  deepEqual(ops.map(({ kind }) => kind), ["relu", "add", "concat"]);
  deepEqual(ops[0]!.inputs, [x]);
  deepEqual(ops[1]!.inputs, [x, y]);
  equal(ops[2]!.output, z);
  equal(ops[2]!.dispatch.label, "concat forward");
});

Deno.test("A recording keeps constants, and names what is none", () => {
  const recording = new Recording();
  const data = Uint32Array.of(1, 2);
  equal(recording.data(recording.constant("taps", data)), data);
  throws(
    () => recording.data(recording.input("map", [2])),
    /^TypeError: Cannot tell what "map" holds: it is no constant$/,
  );
  recording.result("made by nothing", [4], []);
  throws(
    () => recording.ops(),
    /^TypeError: Cannot tell what makes "made by nothing": nothing runs$/,
  );
});

Deno.test("A recording cannot be run", async () => {
  const recording = new Recording();
  relu(recording, recording.input("x", [1, 4, 8, 4]));
  await rejects(
    recording.build(),
    /^Error: Cannot (run a recording|ask a recording for limits): it has no GPU$/,
  );
});
