import { ok } from "node:assert/strict";
import { openGpu } from "./device.ts";
import { measurePeaks } from "./peaks.ts";

Deno.test("measurePeaks() finds rates that are possible", async () => {
  const { gflops, gigabytes } = await measurePeaks(await openGpu());
  ok(gflops > 0.1 && gflops < 1e6, `${gflops} GFLOP/s`);
  ok(gigabytes > 0.01 && gigabytes < 1e5, `${gigabytes} GB/s`);
});
