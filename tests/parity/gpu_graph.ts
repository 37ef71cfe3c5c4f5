/**
 * Feeding a recorded graph with the arrays of the reference, which are NCHW.
 *
 * @module
 */
import { Graph, type Tensor } from "../../trainer/gpu/graph.ts";
import { ParameterStore } from "../../trainer/gpu/parameters.ts";
import type { Plan } from "../../trainer/gpu/plan.ts";
import { padChannels, unpadChannels } from "../helpers/padding.ts";
import { testGpu } from "../helpers/run_op.ts";

/** `[N, C, H, W]` to `[N, H, W, C]`. */
export function toNhwc(data: Float32Array, [, c, h, w]: readonly number[]): Float32Array {
  const [channels, plane] = [c!, h! * w!];
  return data.map((_, i) => {
    const [channel, pixel] = [i % channels, Math.floor(i / channels)];
    const image = Math.floor(pixel / plane);
    return data[(image * channels + channel) * plane + (pixel % plane)]!;
  });
}

/** `[N, H, W, C]` to `[N, C, H, W]`. */
export function toNchw(data: Float32Array, [, h, w, c]: readonly number[]): Float32Array {
  const [channels, plane] = [c!, h! * w!];
  return data.map((_, i) => {
    const [pixel, channel] = [i % plane, Math.floor(i / plane) % channels];
    const image = Math.floor(i / (plane * channels));
    return data[(image * plane + pixel) * channels + channel]!;
  });
}

/** A new graph on the device that all topics share. */
export async function newGraph(mode: "train" | "evaluate"): Promise<Graph> {
  const gpu = await testGpu();
  return new Graph(gpu, new ParameterStore(gpu), mode);
}

/** Writes an activation `[N, H, W, C]`, or plain words. */
export function writeTensor(plan: Plan, tensor: Tensor, data: ArrayLike<number>): void {
  plan.write(tensor, padChannels(data, tensor.shape));
}

/** Reads an activation `[N, H, W, C]`, or plain words. */
export async function readTensor(plan: Plan, tensor: Tensor): Promise<Float32Array> {
  return unpadChannels(await plan.read(tensor), tensor.shape, tensor.name);
}
