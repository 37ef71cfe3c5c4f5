/**
 * The convolution and its gradients in plain loops and double precision, on logical (unpadded) arrays.
 *
 * @module
 */

/** Sizes of a convolution of x `[N, H, W, I]` with weight `[O, I, KH, KW]`. */
export interface Sizes {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: number;
  readonly paddingY: number;
  readonly paddingX: number;
}

/** `[H', W']` of the output. */
export function outputSize(s: Sizes): [number, number] {
  return [
    Math.floor((s.height + 2 * s.paddingY - s.kernelHeight) / s.stride) + 1,
    Math.floor((s.width + 2 * s.paddingX - s.kernelWidth) / s.stride) + 1,
  ];
}

/** Visits every product: x[from] * weight[by] is a term of y[to]. */
function products(s: Sizes, visit: (from: number, by: number, to: number) => void): void {
  const [outputHeight, outputWidth] = outputSize(s);
  for (let n = 0; n < s.batch; n++) {
    for (let oy = 0; oy < outputHeight; oy++) {
      for (let ox = 0; ox < outputWidth; ox++) {
        for (let ky = 0; ky < s.kernelHeight; ky++) {
          for (let kx = 0; kx < s.kernelWidth; kx++) {
            const y = oy * s.stride + ky - s.paddingY;
            const x = ox * s.stride + kx - s.paddingX;
            if (y < 0 || y >= s.height || x < 0 || x >= s.width) continue;
            const pixel = (n * s.height + y) * s.width + x;
            const target = (n * outputHeight + oy) * outputWidth + ox;
            for (let o = 0; o < s.outputs; o++) {
              for (let i = 0; i < s.inputs; i++) {
                const tap = ((o * s.inputs + i) * s.kernelHeight + ky) * s.kernelWidth + kx;
                visit(pixel * s.inputs + i, tap, target * s.outputs + o);
              }
            }
          }
        }
      }
    }
  }
}

/** y `[N, H', W', O]`. */
export function conv2d(
  s: Sizes,
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias?: ArrayLike<number>,
): Float64Array {
  const [outputHeight, outputWidth] = outputSize(s);
  const y = new Float64Array(s.batch * outputHeight * outputWidth * s.outputs);
  if (bias) { for (let k = 0; k < y.length; k++) y[k] = bias[k % s.outputs]!; }
  products(s, (from, by, to) => y[to]! += x[from]! * weight[by]!);
  return y;
}

/** Gradients of `sum dy * y`: dx `[N, H, W, I]`, dw `[O, I, KH, KW]`, db `[O]`. */
export function conv2dGradients(
  s: Sizes,
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  dy: ArrayLike<number>,
): { dx: Float64Array; dw: Float64Array; db: Float64Array } {
  const dx = new Float64Array(x.length);
  const dw = new Float64Array(weight.length);
  const db = new Float64Array(s.outputs);
  products(s, (from, by, to) => {
    dx[from]! += dy[to]! * weight[by]!;
    dw[by]! += dy[to]! * x[from]!;
  });
  for (let k = 0; k < dy.length; k++) db[k % s.outputs]! += dy[k]!;
  return { dx, dw, db };
}
