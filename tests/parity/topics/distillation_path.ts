/**
 * Topic 4: from the student's prediction to the teacher's faces, and its gradient, on the GPU.
 *
 * @module
 */
import {
  applyTaps,
  distillationPath,
  equirectRotationTaps,
  equirectToCubeTaps,
  resampleMaskReleased,
} from "@depth-anywhere/geometry";
import { cubeDisparity } from "../../../trainer/kernels/cube_disparity.ts";
import { resample } from "../../../trainer/kernels/resample.ts";
import { constantMap } from "../../../trainer/kernels/resample_map.ts";
import { shiftMinimum } from "../../../trainer/kernels/shift_minimum.ts";
import { type CaseRun, type Check, compare, exact, largest } from "../check.ts";
import { newGraph, readTensor, writeTensor } from "../gpu_graph.ts";
import type { Case, TopicFolder } from "../reference.ts";
import { TOLERANCES } from "../tolerances.ts";
import { rotationFromDegrees } from "./rotation.ts";

const tolerances = TOLERANCES.distillation;

interface PathCase extends Case {
  readonly rot_vec_degrees: readonly number[];
}

interface Sizes {
  readonly height: number;
  readonly width: number;
  readonly size: number;
}

/** Runs every case, then the cases of the mask. */
export function* distillation(topic: TopicFolder): Generator<CaseRun> {
  const sizes = { height: topic.json.H, width: topic.json.W, size: topic.json.face };
  for (const c of topic.cases<PathCase>()) {
    yield { id: c.id, run: async () => ({ checks: await runPath(topic, c, sizes) }) };
  }
  const defined = "which pixels of a mask value of 1 ± 1e-7 are valid is left to float32 rounding";
  for (const c of (topic.json.mask_path?.cases ?? []) as PathCase[]) {
    yield { id: c.id, run: async () => ({ checks: await maskPath(topic, c, sizes), defined }) };
  }
}

async function runPath(topic: TopicFolder, c: PathCase, sizes: Sizes): Promise<Check[]> {
  const { size } = sizes;
  const rotation = rotationFromDegrees(c.rot_vec_degrees);
  const path = distillationPath({ ...sizes, rotation, recipe: "released" });
  const prediction = await topic.file(c, "pred_unlabelled");
  const [images, , height, width] = prediction.shape as [number, number, number, number];
  const upstream = (await topic.file(c, "w")).data;

  const graph = await newGraph("train");
  const shape = [images, height, width, 1];
  const x = graph.output(graph.input("prediction", shape, { requiresGradient: true }));
  const map = constantMap(graph, "picks", path.taps);
  const options = { height: size, width: size, to: "image-major" } as const;
  const sampled = resample(graph, shiftMinimum(graph, x), map, options);
  const factor = graph.constant("factor", path.factor);
  const cube = graph.output(cubeDisparity(graph, sampled, factor, { recipe: "released" }));
  const gradient = graph.input("w", cube.shape);
  graph.differentiateFrom([{ tensor: cube, gradient }]);
  const dx = graph.output(graph.gradient(x)!);
  const plan = await graph.build();
  writeTensor(plan, x, prediction.data);
  writeTensor(plan, gradient, upstream);
  plan.run();
  const got = { cube: await readTensor(plan, cube), gradient: await readTensor(plan, dx) };
  plan.destroy();
  graph.store.destroy();

  // Where a pick may legitimately go to a neighbour, neither it nor what flows back to there is compared.
  const margin = (await topic.file(c, "nearest_margin_px")).data;
  const sure = (p: number): boolean => margin[p % margin.length]! >= tolerances.nearestMargin;
  const pixels = height * width;
  const unsure = new Set<number>();
  for (let p = 0; p < images * margin.length; p++) {
    const image = Math.floor(p / margin.length);
    if (!sure(p)) unsure.add(image * pixels + path.taps.index[p % margin.length]!);
  }
  const want = (await topic.file(c, "grad_pred")).data;
  return [
    compare(
      "disparity",
      got.cube,
      (await topic.file(c, "cube_disparity")).data,
      tolerances.disparityRelative,
      {
        relative: true,
        where: sure,
      },
    ),
    compare("gradient", got.gradient, want, tolerances.gradient, {
      scale: largest(want),
      where: (i) => !unsure.has(i),
    }),
  ];
}

async function maskPath(topic: TopicFolder, c: PathCase, sizes: Sizes): Promise<Check[]> {
  const rotation = rotationFromDegrees(c.rot_vec_degrees);
  const mask = (await topic.file(c, "mask_in")).data;
  const steps = [
    equirectRotationTaps({ ...sizes, rotation, recipe: "released" }),
    equirectToCubeTaps({ ...sizes, recipe: "released" }),
  ];
  const values = applyTaps(steps[1]!, applyTaps(steps[0]!, mask));
  const want = (await topic.file(c, "cube_value_before_floor")).data;
  const tolerance = tolerances.maskValue(sizes.width);
  const valid = resampleMaskReleased(steps, mask);
  const wantValid = (await topic.file(c, "cube_mask")).data;
  return [
    compare("value", values, want, tolerance),
    exact("mask", valid, wantValid, (i) => want[i]! < 1 - tolerance),
  ];
}
