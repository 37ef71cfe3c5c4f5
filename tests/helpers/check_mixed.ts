import type { Gpu } from "../../trainer/gpu/device.ts";
import { checkOp, type OpCheck } from "./check_op.ts";
import { testGpu } from "./run_op.ts";

/** A test that needs an adapter with 16-bit floats; elsewhere it is skipped, and its name says why. */
export async function testMixed(
  name: string,
  test: (gpu: Gpu) => Promise<void> | void,
): Promise<void> {
  const gpu = await testGpu();
  const reason = gpu.f16 ? "" : " (the adapter has no shader-f16)";
  Deno.test({ name: name + reason, ignore: !gpu.f16, fn: () => test(gpu) });
}

/** The usual test of an op, with feature maps that are stored as `f16`; tried with the kernels of both classes. */
export async function testOpMixed<K extends string>(op: string, check: OpCheck<K>): Promise<void> {
  for (const kind of ["cpu", "gpu"] as const) {
    await testMixed(
      `${op} ${kind} on maps stored as f16 equals its twin and its differences, rounded`,
      (gpu) => checkOp({ ...check, gpu: { ...gpu, kind }, precision: "mixed" }),
    );
  }
}
