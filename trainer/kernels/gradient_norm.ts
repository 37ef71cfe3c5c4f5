/**
 * Norm of all gradients of a store, the clipping factor, and the flag that lets the optimiser step.
 *
 * @module
 */
import { f32, type Graph, read, type Tensor, type Word, words, write } from "../gpu/graph.ts";
import { workgroupSumCode } from "./workgroup_sum.ts";
import code from "./gradient_norm.wgsl" with { type: "text" };

/**
 * What a loss is multiplied by before it is differentiated, so that small gradients are not lost in 16 bits: `[2]`, the
 * scale and the steps since it last changed. It adapts itself in {@linkcode gradientNorm}. Micikevicius et al. 2018.
 */
export function lossScale(graph: Graph): Tensor {
  return graph.output(graph.persistent("loss scale", [2], Float32Array.of(2 ** 16, 0)));
}

/** What the optimiser needs to know of the gradients. */
export interface GradientNorm {
  /** `[1]`, the Euclidean norm over all parameters, before clipping. */
  readonly norm: Tensor;
  /** `[2]`: factor of the gradients (1 without clipping); 1 to step, 0 to skip. For `adam()`. */
  readonly control: Tensor;
}

/**
 * Record the norm after `differentiate()`. The sum is deterministic: chunks in a fixed order.
 *
 * @param loss `[1]`; a loss or a norm that is NaN or infinite makes the optimiser skip this step and all later ones of
 *   the plan, so that the weights still are those of the bad step when somebody looks
 * @param options `maxNorm`: scale the gradients down to this norm (0, the default: never). `scale`: of the loss that was
 *   differentiated, from `lossScale()`; norm and control are then of the gradients without it, and gradients that overflow
 *   make the optimiser skip one step and halve the scale. Only a scale below 1 is taken for a fault.
 * @throws RangeError when `maxNorm` is negative
 */
export function gradientNorm(
  graph: Graph,
  loss: Tensor,
  { maxNorm = 0, scale }: { maxNorm?: number; scale?: Tensor | undefined } = {},
): GradientNorm {
  if (!(maxNorm >= 0)) {
    throw new RangeError(`Cannot clip gradients to norm ${maxNorm}: it must be 0 (never) or more`);
  }
  graph.beginUpdate();
  const chunk = graph.gpu.kind === "cpu" ? 8192 : 2048;
  const ranges = graph.store.ranges();
  const counts = ranges.map(({ gradients }) => Math.ceil(words(gradients) / 4 / chunk));
  const partials = counts.reduce((a, b) => a + b, 0);
  const partial = graph.temp("partial norms", [partials]);
  const shader = (entryPoint: string) => ({
    file: "gradient_norm.wgsl",
    code: [code, workgroupSumCode],
    entryPoint,
  });
  const uniforms = (quads: number, first: number): Word[] => [
    quads,
    chunk,
    first,
    partials,
    f32(maxNorm),
  ];
  let first = 0;
  ranges.forEach(({ gradients }, i) => {
    const count = counts[i]!;
    graph.dispatch({
      label: "gradient_norm sum_squares",
      shader: shader("sum_squares"),
      uniforms: uniforms(words(gradients) / 4, first),
      // Each range writes its part; together they write all of it.
      bindings: [read(gradients), { tensor: partial, access: i === 0 ? "write" : "readwrite" }],
      workgroups: [Math.min(count, 65535), Math.ceil(count / 65535)],
    });
    first += count;
  });
  const norm = graph.temp("gradient norm", [1]);
  const control = graph.temp("optimiser control", [2]);
  const fault = graph.persistent("optimiser fault", [1]);
  graph.dispatch({
    label: "gradient_norm finish",
    shader: shader(scale ? "finish_scaled" : "finish"),
    uniforms: uniforms(0, 0),
    bindings: [
      read(partial),
      read(loss),
      write(norm),
      write(control),
      { tensor: fault, access: "readwrite" },
      ...(scale ? [{ tensor: scale, access: "readwrite" } as const] : []),
    ],
    workgroups: [1],
  });
  return { norm, control };
}
