/**
 * What an adapter can do at most, measured in some seconds: multiply-adds in registers, and traffic to memory.
 * Kernels are judged as shares of these.
 *
 * @module
 */
import type { Gpu } from "./device.ts";
import { elapsed } from "./elapsed.ts";
import code from "./peaks.wgsl" with { type: "text" };
import { repeats } from "./repeats.ts";
import { compile } from "./shader.ts";

/** The measured ceiling of an adapter. */
export interface Peaks {
  /** Thousands of millions of float32 operations a second, a multiply-add counted as two. */
  readonly gflops: number;
  /** Gigabytes moved a second, reading and writing both counted: the more of changing in place and reading. */
  readonly gigabytes: number;
}

const WORKGROUP = 64;
const CHAINS = 8 * 4; // vec4 accumulators of a thread
const THREADS = 1 << 15;
const MOVED = 1 << 26; // bytes: larger than caches, within every adapter's binding limit
const LONG_ENOUGH = 0.1; // seconds of one measurement
const REPEATS = 5;

/** Measures both; the best of five. Everything that was made for it is destroyed. */
export async function measurePeaks(gpu: Gpu): Promise<Peaks> {
  const { device } = gpu;
  const buffer = (size: number, usage: GPUBufferUsageFlags) =>
    device.createBuffer({ label: "peaks", size, usage });
  const sizes = buffer(16, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  const from = buffer(MOVED, GPUBufferUsage.STORAGE);
  const to = buffer(MOVED, GPUBufferUsage.STORAGE);
  const words = new ArrayBuffer(16);
  const vectors = MOVED / 16;
  const bench = async (
    entryPoint: string,
    buffers: readonly GPUBuffer[],
    workgroups: number,
    rounds: number,
  ) => {
    const pipeline = await compile(gpu, { file: "peaks.wgsl", code, entryPoint });
    const bound = device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    new Uint32Array(words).set([vectors, rounds]);
    new Float32Array(words).set([0.999, 0.25], 2);
    device.queue.writeBuffer(sizes, 0, words);
    return (times: number) => run(device, pipeline, bound, workgroups, times);
  };
  try {
    const rounds = 256;
    const arithmetic = await bench("arithmetic", [sizes, to], THREADS / WORKGROUP, rounds);
    const gflops = await rate(arithmetic, 2e-9 * THREADS * CHAINS * rounds);
    const workgroups = vectors / (4 * WORKGROUP);
    const change = await rate(await bench("change", [sizes, to], workgroups, 0), 2e-9 * MOVED);
    const look = await rate(await bench("look", [sizes, to, from], workgroups, 0), 1e-9 * MOVED);
    return { gflops, gigabytes: Math.max(change, look) };
  } finally {
    for (const made of [sizes, from, to]) made.destroy();
  }
}

/** Work per second, with repetitions raised until one measurement is long enough. */
async function rate(run: (times: number) => Promise<number>, work: number): Promise<number> {
  await run(1); // compiles
  const { times, seconds } = await repeats(run, LONG_ENOUGH);
  let best = seconds;
  for (let i = 1; i < REPEATS; i++) best = Math.min(best, await run(times));
  return work * times / best;
}

/** Seconds of `times` dispatches. What it costs to wait is made small by {@link LONG_ENOUGH}. */
async function run(
  device: GPUDevice,
  pipeline: GPUComputePipeline,
  bound: GPUBindGroup,
  workgroups: number,
  times: number,
): Promise<number> {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bound);
  const x = Math.min(workgroups, 32768);
  for (let i = 0; i < times; i++) pass.dispatchWorkgroups(x, Math.ceil(workgroups / x));
  pass.end();
  return await elapsed(device, () => device.queue.submit([encoder.finish()]));
}
