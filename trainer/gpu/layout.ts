/**
 * Between PyTorch's layouts, which checkpoints use, and the layouts of the kernels.
 *
 * `[O, I, KH, KW]` is stored `[KH][KW][pad4(I)][pad4(O)]`, `[O, I]` is stored `[pad4(I)][pad4(O)]` and `[C]` is padded
 * to 4; padding holds zero.
 *
 * @module
 */
import { pad4, type Shape } from "./tensor.ts";

function split(shape: Shape): { o: number; i: number; kernel: number } {
  if (shape.length === 1) return { o: shape[0]!, i: 0, kernel: 1 };
  if (shape.length === 2) return { o: shape[0]!, i: shape[1]!, kernel: 1 };
  if (shape.length === 4) return { o: shape[0]!, i: shape[1]!, kernel: shape[2]! * shape[3]! };
  throw new TypeError(
    `Cannot lay out a parameter as its shape must be [C], [O,I] or [O,I,KH,KW]: current shape is [${shape}]`,
  );
}

/** Words that a parameter of this logical shape takes on the GPU. */
export function gpuWords(shape: Shape): number {
  const { o, i, kernel } = split(shape);
  return i === 0 ? pad4(o) : kernel * pad4(i) * pad4(o);
}

/** Calls `visit(index in PyTorch's layout, index on the GPU)` for every number. */
function pairs(shape: Shape, visit: (flat: number, gpu: number) => void): void {
  const { o, i, kernel } = split(shape);
  if (i === 0) {
    for (let c = 0; c < o; c++) visit(c, c);
    return;
  }
  const [ip, op] = [pad4(i), pad4(o)];
  for (let out = 0; out < o; out++) {
    for (let input = 0; input < i; input++) {
      for (let k = 0; k < kernel; k++) {
        visit((out * i + input) * kernel + k, (k * ip + input) * op + out);
      }
    }
  }
}

/** PyTorch's layout to the GPU's. */
export function toGpuLayout(data: Float32Array, shape: Shape): Float32Array {
  const words = new Float32Array(gpuWords(shape));
  pairs(shape, (flat, gpu) => words[gpu] = data[flat]!);
  return words;
}

/** The GPU's layout to PyTorch's. */
export function fromGpuLayout(words: Float32Array, shape: Shape): Float32Array {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  pairs(shape, (flat, gpu) => data[flat] = words[gpu]!);
  return data;
}
