import { deepEqual, throws } from "node:assert/strict";
import { teacherConfig, teacherDefaults } from "./teacher_arguments.ts";

Deno.test("teacherConfig() takes what is given, then the run's, then the defaults", () => {
  deepEqual(teacherConfig({}), teacherDefaults);
  deepEqual(teacherConfig({ lr: "5e-4", size: "96", init: "a.onnx" }), {
    ...teacherDefaults,
    lr: 5e-4,
    size: 96,
    init: "a.onnx",
  });
  const run = { ...teacherDefaults, batch: 7 };
  deepEqual(teacherConfig({ steps: "5", batch: "7" }, run), { ...run, steps: 5 });
  deepEqual(teacherConfig({ lr: "5e-4" }, run), { ...run, lr: 5e-4 }); // after a NaN
});

Deno.test("teacherConfig() refuses what makes no sense and what a run cannot change", () => {
  throws(() => teacherConfig({ size: "100" }), /--size is "100": expected a multiple of 32/);
  throws(() => teacherConfig({ lr: "-1" }), /--lr is "-1": expected a number above 0/);
  throws(() => teacherConfig({ steps: "1.5" }), /--steps is "1.5": expected a whole number/);
  throws(
    () => teacherConfig({ batch: "7" }, teacherDefaults),
    /--batch is "7", but the run that goes on has 32; leave it out, or start a new run/,
  );
  throws(
    () => teacherConfig({ init: "a.onnx" }, teacherDefaults),
    /--init is "a.onnx", but the run that goes on has none/,
  );
});
