/** Adam and AdamW in plain loops: the twin of `adam.wgsl`, in double precision. */

/** What an update needs; `decay` is the weight decay of this tensor. */
export interface AdamReferenceOptions {
  readonly kind: "adam" | "adamw";
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly decay: number;
}

/** One tensor's value and moments. */
export interface AdamReferenceState {
  value: number[];
  m: number[];
  v: number[];
}

/** Update in place. @param step 1 for the first update */
export function adamReference(
  state: AdamReferenceState,
  gradient: ArrayLike<number>,
  step: number,
  { kind, learningRate, beta1, beta2, epsilon, decay }: AdamReferenceOptions,
): void {
  const { value, m, v } = state;
  for (let i = 0; i < value.length; i++) {
    let g = gradient[i]!;
    if (kind === "adam") g += decay * value[i]!;
    else value[i]! *= 1 - learningRate * decay;
    m[i] = beta1 * m[i]! + (1 - beta1) * g;
    v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
    const mean = m[i]! / (1 - beta1 ** step);
    const square = v[i]! / (1 - beta2 ** step);
    value[i]! -= learningRate * mean / (Math.sqrt(square) + epsilon);
  }
}
