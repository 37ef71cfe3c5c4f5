import { deepEqual, ok } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { addStudent } from "../models/student.ts";
import { Layers } from "../models/layers.ts";
import { measureSteps, scaleStep, type StepCost } from "./step_cost.ts";

const small: StepCost = {
  size: { name: "unifuse", width: 0.25, height: 64, images: 16 },
  seconds: 3,
  scatter: 1.5,
  gflop: 20,
  planBytes: 1000,
  storeBytes: 50,
};

Deno.test("scaleStep() lets maps grow with pixels and width, parameters with the width squared alone", () => {
  const { size } = small;
  deepEqual(scaleStep(small, size), small);
  const larger = { ...size, height: 128, images: 8 }; // twice the pixels
  deepEqual(scaleStep(small, larger), {
    size: larger,
    seconds: 6,
    scatter: 1.5,
    gflop: 40,
    planBytes: 2000,
    storeBytes: 50,
  });
  const wider = { ...size, width: 1 };
  deepEqual(scaleStep(small, wider), {
    size: wider,
    seconds: 48,
    scatter: 1.5,
    gflop: 320,
    planBytes: 4000,
    storeBytes: 800,
  });
});

addStudent({
  name: "two convolutions",
  smallestHeight: 64,
  floatsPerPixel: (width) => 64 * width,
  encoders: [],
  record(graph, image, { width }) {
    const layers = new Layers(graph);
    const x = layers.conv("first", image, 64 * width, { kernel: 3 });
    return layers.conv("second", layers.conv("middle", x, 64 * width, { kernel: 3 }), 1, {
      kernel: 1,
    });
  },
});

Deno.test("measureSteps() keeps the memory of a step and of its parameters apart", async () => {
  const gpu = await testGpu();
  const size = { name: "two convolutions", width: 1, height: 64, images: 1 };
  const [one, two] = await measureSteps(gpu, [size, { ...size, images: 2 }], 2) as [
    StepCost,
    StepCost,
  ];
  deepEqual([one.size.images, two.size.images], [1, 2]);
  ok(one.scatter >= 1 && two.scatter >= 1);
  ok(one.seconds > 0 && one.gflop > 0);
  deepEqual(two.storeBytes, one.storeBytes);
  const scaled = scaleStep(one, two.size);
  deepEqual(scaled.storeBytes, two.storeBytes);
  ok(Math.abs(scaled.planBytes / two.planBytes - 1) < 0.1, `${scaled.planBytes} ${two.planBytes}`);
  ok(Math.abs(scaled.gflop / two.gflop - 1) < 0.01, `${scaled.gflop} ${two.gflop}`);
});
