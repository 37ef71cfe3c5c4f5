/**
 * What contestants are asked to compute. Tensors in files are `[N, C, H, W]` and PyTorch's `[O, I, KH, KW]`.
 *
 * @module
 */

/** A convolution with zero padding `kernel >> 1`, and its gradients by input and weight from a given dL/dy. */
export interface ConvolutionWork {
  readonly kind: "convolution";
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
}

/** A whole network on panoramas `[batch, 3, height, 2 height]`. */
export interface NetworkWork {
  /** `training`: forward, BerHu loss (UniFuse's own), backward, Adam. `inference`: forward with running statistics. */
  readonly kind: "training" | "inference";
  readonly network: "equirect-half" | "unifuse";
  readonly batch: number;
  readonly height: number;
  /** Multiplier of the channels. */
  readonly width: number;
}

export type Work = ConvolutionWork | NetworkWork;

/** Adam's step size: so small that a bench of many steps stays where it was checked. */
export const learningRate = 1e-6;

/** One line to a contestant, and to the process that it runs in. */
export type Request =
  | {
    readonly kind: "open";
    readonly work: Work;
    /** Safetensors: `image` and `truth` and all weights, or `image`, `weight` and `upstream`. */
    readonly material: string;
    /** JSON of the network's layers, for contestants that replay them. */
    readonly tape?: string;
    /** ONNX file of the network, for runtimes. */
    readonly model?: string;
    /** Of wasm and PyTorch. */
    readonly threads: number;
    /** {@link learningRate}, for contestants that cannot import it. */
    readonly learningRate: number;
  }
  /** Compute once and write what came out: `y`, `dx`, `dw`, or `loss` and `d NAME`, or `y`. */
  | {
    readonly kind: "check";
    readonly to: string;
    /** Safetensors `relu N`, `prediction`: lie on the same side of each threshold as these, if you can (sides.ts). */
    readonly sides?: string;
  }
  | { readonly kind: "run"; readonly iterations: number }
  | { readonly kind: "close" };

/** One line back. */
export type Reply =
  | {
    readonly kind: "opened";
    readonly versions: Readonly<Record<string, string>>;
    readonly adapter?: string;
  }
  /** `otherwise`: how many ReLU inputs lie elsewhere than the sides that were given and taken. */
  | { readonly kind: "checked"; readonly otherwise?: number }
  | { readonly kind: "ran"; readonly seconds: number; readonly cpuSeconds: number }
  /** Largest memory of the process so far, bytes. */
  | { readonly kind: "closed"; readonly peakMemory: number }
  | { readonly kind: "failed"; readonly reason: string };

/** A few words, e.g. `3x3 64 to 64 on 1x56x56`. */
export function workText(work: Work): string {
  if (work.kind === "convolution") {
    const { batch, height, width, inputs, outputs, kernel, stride } = work;
    const strided = stride > 1 ? `, stride ${stride}` : "";
    return `${kernel}x${kernel} ${inputs} to ${outputs} on ${batch}x${height}x${width}${strided}`;
  }
  const { kind, network, batch, height, width } = work;
  return `${network} ${kind}, batch ${batch}, ${height}x${2 * height}, width ${width}`;
}
