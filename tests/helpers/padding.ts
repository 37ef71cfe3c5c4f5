/**
 * Between the logical numbers of a test and the padded words on the GPU.
 *
 * @module
 */
import { equal } from "node:assert/strict";
import { activationWords, pad4, type Shape } from "../../trainer/gpu/tensor.ts";

/** Logical `[N, H, W, C]` (or `[n]`) to words, padding zero. */
export function padChannels(data: ArrayLike<number>, shape: Shape): Float32Array {
  const words = new Float32Array(activationWords(shape));
  const channels = shape.length === 4 ? shape[3]! : 1;
  const stride = shape.length === 4 ? pad4(channels) : 1;
  for (let i = 0; i < data.length; i++) {
    words[Math.floor(i / channels) * stride + i % channels] = data[i]!;
  }
  return words;
}

/** Words to logical numbers. Fails where padding does not hold zero. */
export function unpadChannels(words: Float32Array, shape: Shape, name: string): Float32Array {
  if (shape.length !== 4) return words;
  const channels = shape[3]!;
  const stride = pad4(channels);
  const data = new Float32Array(words.length / stride * channels);
  for (let i = 0; i < words.length; i++) {
    const [pixel, channel] = [Math.floor(i / stride), i % stride];
    if (channel < channels) data[pixel * channels + channel] = words[i]!;
    else equal(Math.abs(words[i]!), 0, `padding channel ${channel} of pixel ${pixel} of ${name}`);
  }
  return data;
}
