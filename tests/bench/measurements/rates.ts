/** How fast the three passes of convolutions are on one core: run with LP_NUM_THREADS=1 on llvmpipe. */
import { openGpu } from "../../../trainer/gpu/device.ts";
import { Graph } from "../../../trainer/gpu/graph.ts";
import { ParameterStore } from "../../../trainer/gpu/parameters.ts";
import { measurePeaks } from "../../../trainer/gpu/peaks.ts";
import { conv2d } from "../../../trainer/kernels/conv2d.ts";
import { answerOnce } from "../measure.ts";
import { cpuSeconds } from "../process_figures.ts";
import type { ConvolutionWork } from "../work.ts";

/** Passes of a convolution, as dispatches are labelled. */
export const passes = ["forward", "input gradient", "weight gradient"] as const;

/** How fast a pass is. */
export interface PassRate {
  /** GFLOP/s, counted as a direct convolution's; by CPU time where the adapter is the CPU. */
  readonly rate: number;
  /** Whether fewer operations are done: Winograd's tiles. */
  readonly effective: boolean;
}

/** Of each pass. */
export type Rates = Readonly<Record<(typeof passes)[number], PassRate>>;

/** What is answered. */
export interface RatesResult {
  /** Multiply-adds in registers, GFLOP/s. */
  readonly peak: number;
  readonly rates: readonly Rates[];
}

const repeats = 15;

if (import.meta.main) {
  await answerOnce(async (works: ConvolutionWork[]): Promise<RatesResult> => {
    const gpu = await openGpu();
    const clock = gpu.kind === "cpu" ? cpuSeconds : undefined;
    const rates: Rates[] = [];
    for (const work of works) {
      const { batch, height, width, inputs, outputs, kernel, stride } = work;
      const store = new ParameterStore(gpu);
      const graph = new Graph(gpu, store, "train");
      const x = graph.input("x", [batch, height, width, inputs], { requiresGradient: true });
      const weight = graph.parameter("w", [outputs, inputs, kernel, kernel]);
      const y = conv2d(graph, x, weight, { stride, padding: kernel >> 1 });
      graph.differentiateFrom([{ tensor: y, gradient: graph.input("dy", y.shape) }]);
      const plan = await graph.build();
      plan.run(); // compiles
      const best = new Map<string, PassRate>();
      for (let i = 0; i < repeats; i++) {
        const rows = await plan.profile(clock);
        for (const pass of passes) { // a pass can be several dispatches
          const own = rows.filter(({ label }) => label.startsWith(`conv2d ${pass}`));
          const seconds = own.reduce((sum, row) => sum + row.seconds, 0);
          const rate = own.reduce((sum, row) => sum + row.flops, 0) / seconds / 1e9;
          const effective = own.some(({ flops, executed }) => executed < flops);
          if (rate > (best.get(pass)?.rate ?? 0)) best.set(pass, { rate, effective });
        }
      }
      rates.push(Object.fromEntries(best) as Rates);
      plan.destroy();
      store.destroy();
    }
    return { peak: (await measurePeaks(gpu)).gflops, rates };
  });
}
