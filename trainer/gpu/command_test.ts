import { deepEqual, equal } from "node:assert/strict";
import { type Command, submits, warmUp } from "./command.ts";

/** A device that keeps what is submitted to it. */
function recorded(): { device: GPUDevice; submitted: unknown[][] } {
  const submitted: unknown[][] = [];
  const createCommandEncoder = () => {
    const calls: unknown[] = [];
    const pass = {
      setPipeline: (pipeline: unknown) => void calls.push(pipeline),
      setBindGroup: () => {},
      dispatchWorkgroups: (...counts: number[]) => void calls.push(counts),
      end() {},
    };
    return { beginComputePass: () => pass, finish: () => calls };
  };
  const queue = { submit: (buffers: unknown[][]) => void submitted.push(...buffers) };
  return { device: { createCommandEncoder, queue } as unknown as GPUDevice, submitted };
}

function command(pipeline?: GPUComputePipeline): Command {
  const rest = { phase: "forward", flops: 0, executed: 0, traffic: 0, writes: [] } as const;
  if (!pipeline) return { label: "clear", ...rest };
  const group = {} as GPUBindGroup;
  return { label: "a dispatch", ...rest, pipeline, group, workgroups: [7, 3] };
}

Deno.test("warmUp() dispatches no workgroup of each new pipeline, once", () => {
  const { device, submitted } = recorded();
  const [a, b, c] = ["a", "b", "c"].map((label) => ({ label }) as GPUComputePipeline);
  warmUp(device, [command(a), command(), command(b), command(a)]);
  deepEqual(submitted, [[a, [0], b, [0]]]);
  warmUp(device, [command(b), command(c)]);
  deepEqual(submitted.slice(1), [[c, [0]]]);
  warmUp(device, [command(a), command()]);
  equal(submitted.length, 2);
});

Deno.test("submits() groups commands by their operations and their number, and leaves none out", () => {
  const commands = [3, 3, 0, 9, 1, 0, 0, 0].map((flops) => ({ ...command(), flops }));
  const groups = (most: { flops: number; commands?: number }) =>
    [...submits(commands, most)].map((group) => group.map(({ flops }) => flops));
  deepEqual(groups({ flops: 6 }), [[3, 3, 0], [9], [1, 0, 0, 0]]);
  deepEqual(groups({ flops: 6, commands: 3 }), [[3, 3, 0], [9], [1, 0, 0], [0]]);
  deepEqual(groups({ flops: 99 }), [[3, 3, 0, 9, 1, 0, 0, 0]]);
  deepEqual([...submits([], { flops: 6 })], []);
});
