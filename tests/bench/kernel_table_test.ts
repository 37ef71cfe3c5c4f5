import { deepEqual, equal } from "node:assert/strict";
import type { ProfileRow } from "../../trainer/gpu/profile.ts";
import { isConvolution, kernelOf, kernelTable } from "./kernel_table.ts";

function row(
  label: string,
  seconds: number,
  { flops = 0, executed = flops, traffic }: Partial<ProfileRow> & { traffic: number },
): ProfileRow {
  return { label, phase: "forward", seconds, clock: "timestamps", flops, executed, traffic };
}

Deno.test("kernelOf() leaves out the parameter, and the tensor of a clear", () => {
  equal(kernelOf("conv2d input gradient equi_encoder.conv1.weight"), "conv2d input gradient");
  equal(kernelOf("adam update"), "adam update");
  equal(kernelOf("clear d cube_encoder.conv1.weight"), "clear");
});

Deno.test("kernelTable() sums the dispatches of a kernel and gives shares of the time and the peaks", () => {
  const profile = [
    row("conv2d forward a.weight", 0.01, { flops: 4e8, executed: 1e8, traffic: 1e6 }),
    row("conv2d forward b.weight", 0.02, { flops: 2e8, traffic: 2e6 }),
    row("adam update", 0.01, { traffic: 5e7 }),
  ];
  deepEqual(kernelTable(profile, { gflops: 40, gigabytes: 10 }), [
    {
      kernel: "conv2d forward",
      dispatches: 2,
      milliseconds: 30,
      share: 0.75,
      gflops: 20,
      executed: 10,
      gigabytes: 0.1,
      ofPeak: 0.25,
    },
    {
      kernel: "adam update",
      dispatches: 1,
      milliseconds: 10,
      share: 0.25,
      gflops: 0,
      executed: 0,
      gigabytes: 5,
      ofPeak: 0.5,
    },
  ]);
  deepEqual(profile.map(({ label }) => isConvolution(label)), [true, true, false]);
});
