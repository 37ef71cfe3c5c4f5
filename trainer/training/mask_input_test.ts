import { deepEqual } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { readBuffer } from "../gpu/readback.ts";
import type { Tensor } from "../gpu/graph.ts";
import { MaskInput } from "./mask_input.ts";

const BYTES = 32;

Deno.test("MaskInput writes that everything counts once, and again only after a mask, which it copies on the GPU", async () => {
  const { device } = await testGpu();
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const [buffer, masks] = [2 * BYTES, BYTES].map((size) => device.createBuffer({ size, usage }));
  const written: number[][] = [];
  const plan = {
    range: () => ({ buffer: buffer!, offset: BYTES, bytes: BYTES }),
    write(_: Tensor, data: ArrayBufferView) {
      written.push([...data as Float32Array]);
      device.queue.writeBuffer(buffer!, BYTES, data as Float32Array<ArrayBuffer>);
    },
  };
  const input = new MaskInput(device, plan, { bytes: BYTES } as Tensor);
  const all = [1, 0, 0, 0, 1, 0, 0, 0];
  const steps: [number[] | undefined, number[][]][] = [
    [undefined, [all]],
    [undefined, []],
    [[0, 0, 0, 0, 1, 0, 0, 0], []],
    [[1, 0, 0, 0, 0, 0, 0, 0], []], // masks differ from step to step: each is copied
    [undefined, [all]],
    [undefined, []],
  ];
  for (const [mask, want] of steps) {
    written.length = 0;
    if (mask) device.queue.writeBuffer(masks!, 0, Float32Array.from(mask));
    input.write(mask && masks);
    deepEqual(written, want);
    deepEqual([...await readBuffer(device, buffer!, BYTES, BYTES)], mask ?? all);
  }
  buffer!.destroy();
  masks!.destroy();
});
