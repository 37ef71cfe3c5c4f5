/**
 * How long the convolution kernels for GPUs take with some settings of their tiles, for one pass of one shape.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import { elapsed } from "../gpu/elapsed.ts";
import { Graph, isFeatureMap, type Precision, type Tensor } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Plan } from "../gpu/plan.ts";
import { conv2d } from "../kernels/conv2d.ts";
import { flops, type Geometry } from "../kernels/conv2d_geometry.ts";
import {
  defaultTiles,
  type TileChoice,
  type TilePass,
  tileSetting,
} from "../kernels/conv2d_tile_choice.ts";

/** Bytes of the larger image: enough to fill a GPU, little beside what a training needs. */
const imageBytes = 1 << 24;

/** Operations of a measurement on a GPU: a millisecond or so, beside which the wait is short. */
const enough = 2e9;

/** Convolutions of a measurement at most. */
const mostRepeats = 16;

const rounds = 4;

/**
 * Seconds of a convolution by name of a setting, in the order of the names: the best of a few rounds, in which the settings
 * take turns. Large images are timed on a part.
 *
 * @param precision of the training, as images of half the bytes may be read best in other tiles
 * @param names settings of the pass that the adapter can run
 */
export async function timeTiles(
  gpu: Gpu,
  precision: Precision,
  pass: TilePass,
  g: Geometry,
  names: readonly string[],
): Promise<number[]> {
  const part = partOf(g);
  const work = flops(part);
  const repeats = gpu.kind === "gpu" ? Math.min(mostRepeats, Math.ceil(enough / work)) : 1;
  using made = new DisposableStack();
  const store = made.adopt(new ParameterStore(gpu), (store) => store.destroy());
  const mode = pass === "forward" ? "evaluate" : "train";
  const plans: Plan[] = [];
  for (const name of names) {
    const setting = tileSetting(pass, name);
    const tiles: TileChoice = (other) => other === pass ? setting : defaultTiles(other);
    const graph = new Graph({ ...gpu, tiles }, store, mode, { precision });
    const plan = await planOf(graph, pass, part, repeats);
    plans.push(made.adopt(plan, (plan) => plan.destroy()));
  }
  const best = names.map(() => Infinity);
  const phase = pass === "forward" ? "forward" : "backward";
  await gpu.device.queue.onSubmittedWorkDone();
  for (let round = 0; round <= rounds; round++) {
    for (const [i, plan] of plans.entries()) {
      const seconds = await elapsed(gpu.device, () => plan.run(phase));
      if (round > 0) best[i] = Math.min(best[i]!, seconds / repeats); // the first one warms up
    }
  }
  return best;
}

/** The same with as many images, or as many pixels of a 1x1 convolution's one row, as {@link imageBytes} hold. */
function partOf(g: Geometry): Geometry {
  const row = g.height === 1 && g.kernelHeight * g.kernelWidth * g.stride === 1;
  const [units, input, output] = row ? [g.width, g.inputGroups, g.outputGroups] : [
    g.batch,
    g.height * g.width * g.inputGroups,
    g.outputHeight * g.outputWidth * g.outputGroups,
  ];
  const most = Math.max(1, Math.floor(imageBytes / 16 / Math.max(input, output)));
  const kept = Math.min(units, most);
  return row ? { ...g, width: kept, outputWidth: kept } : { ...g, batch: kept };
}

/** The pass, `repeats` times; only its gradient is asked for. Without moments, which add about the same to all tiles. */
async function planOf(
  graph: Graph,
  pass: TilePass,
  g: Geometry,
  repeats: number,
): Promise<Plan> {
  const shape = [g.batch, g.height, g.width, g.inputs];
  const stored = graph.precision === "mixed" && isFeatureMap(shape) ? "f16" : "f32";
  const x = graph.input("x", shape, { requiresGradient: pass === "input gradient", stored });
  const taps = [g.outputs, g.inputs, g.kernelHeight, g.kernelWidth];
  const weight = pass === "weight gradient"
    ? graph.parameter("weight", taps)
    : graph.state("weight", taps);
  const options = { stride: g.stride, padding: [g.paddingY, g.paddingX] } as const;
  const results = Array.from({ length: repeats }, () => conv2d(graph, x, weight, options));
  if (pass !== "forward") {
    const [{ shape, stored }] = results as [Tensor];
    const gradient = graph.input("dy", shape, { stored });
    graph.differentiateFrom(results.map((tensor) => ({ tensor, gradient })));
  }
  return await graph.build();
}
