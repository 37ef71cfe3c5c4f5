/**
 * A wider perspective network that computes what a narrow one does: Chen et al. 2016, "Net2Net" (Net2WiderNet).
 *
 * @module
 */
import { hashText, uniform } from "../random.ts";
import type { NamedWeights } from "./initialise.ts";
import { perspectiveDecoder } from "./perspective_net.ts";

/** Channels of one input of a convolution: before and after. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/**
 * Weights of a wider network with the same output. New channels are copies; what a channel gave is shared out among its
 * copies by random parts of sum 1, so that they learn different things.
 *
 * @param weights of a perspective network in PyTorch's layout, running statistics included
 * @param shapes of the wider network's tensors, by the same names
 * @param seed decides the parts
 * @throws RangeError when a tensor of the wider network is smaller; TypeError when one is missing. They name the tensor
 */
export function widen(
  weights: NamedWeights,
  shapes: ReadonlyMap<string, readonly number[]>,
  seed: number,
): NamedWeights {
  return new Map(Array.from(shapes, ([name, shape]) => {
    const weight = weights.get(name);
    if (!weight) throw new TypeError(`Cannot widen a network without "${name}"`);
    if (shape.length !== weight.shape.length || shape.some((size, i) => size < weight.shape[i]!)) {
      throw new RangeError(
        `Cannot make "${name}" of [${weight.shape}] into [${shape}]: a network can only become wider`,
      );
    }
    const inputs = shape.length === 1 ? [] : partsOf(name, weights, shapes);
    const data = shape.length === 1
      ? Float32Array.from({ length: shape[0]! }, (_, i) => weight.data[i % weight.shape[0]!]!)
      : widenConvolution(weight, shape, inputs, (out, i) => uniform(seed, hashText(name), out, i));
    return [name, { shape, data }];
  }));
}

/** A joined block of the decoder takes the upsampled channels and, after them, those of the encoder. */
function partsOf(
  name: string,
  weights: NamedWeights,
  shapes: ReadonlyMap<string, readonly number[]>,
): Part[] {
  const from = weights.get(name)!.shape[1]!;
  const to = shapes.get(name)![1]!;
  const block = perspectiveDecoder.joined.findIndex((joined) => name.startsWith(`${joined}.`));
  if (block < 0) return [{ from, to }];
  const up = `${perspectiveDecoder.up[block]}.conv.conv.weight`;
  const upsampled = { from: weights.get(up)!.shape[0]!, to: shapes.get(up)![0]! };
  return [upsampled, { from: from - upsampled.from, to: to - upsampled.to }];
}

function widenConvolution(
  { shape: [outFrom, inFrom, height, width], data }: {
    readonly shape: readonly number[];
    readonly data: Float32Array;
  },
  [outTo, inTo]: readonly number[],
  inputs: readonly Part[],
  draw: (out: number, input: number) => number,
): Float32Array {
  const taps = height! * width!;
  const wide = new Float32Array(outTo! * inTo! * taps);
  for (let out = 0; out < outTo!; out++) {
    let before = 0;
    let after = 0;
    for (const { from, to } of inputs) {
      for (let c = 0; c < from; c++) {
        const copies = Math.ceil((to - c) / from);
        const drawn = Array.from({ length: copies }, (_, k) => draw(out, after + c + k * from));
        const mean = drawn.reduce((a, b) => a + b, 0) / copies;
        const source = ((out % outFrom!) * inFrom! + before + c) * taps;
        drawn.forEach((u, k) => {
          const share = 1 / copies + 1.5 * (u - mean); // two copies: from -1/4 to 5/4
          const target = (out * inTo! + after + c + k * from) * taps;
          for (let tap = 0; tap < taps; tap++) wide[target + tap] = share * data[source + tap]!;
        });
      }
      before += from;
      after += to;
    }
  }
  return wide;
}
