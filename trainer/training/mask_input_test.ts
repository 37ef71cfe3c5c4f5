import { deepEqual } from "node:assert/strict";
import type { Tensor } from "../gpu/graph.ts";
import { MaskInput } from "./mask_input.ts";

Deno.test("MaskInput writes that everything counts once, and again only after a mask", () => {
  const written: number[][] = [];
  const plan = {
    write: (_: Tensor, data: ArrayBufferView) => void written.push([...data as Float32Array]),
  };
  const input = new MaskInput(plan, { bytes: 32 } as Tensor);
  const all = [1, 0, 0, 0, 1, 0, 0, 0];
  const some = [0, 0, 0, 0, 1, 0, 0, 0];
  const steps: [number[] | undefined, number[][]][] = [
    [undefined, [all]],
    [undefined, []],
    [some, [some]],
    [some, [some]], // masks differ from step to step: each is written
    [undefined, [all]],
    [undefined, []],
  ];
  for (const [mask, want] of steps) {
    written.length = 0;
    input.write(mask && Float32Array.from(mask));
    deepEqual(written, want);
  }
});
