/**
 * Training of the embedded teacher: a perspective network on rendered faces of all styles.
 *
 * @module
 */
import { faceCosines } from "@depth-anywhere/geometry";
import { roomFaces } from "../data/room_faces.ts";
import { RoomRenderer } from "../data/rooms/renderer.ts";
import type { Style } from "../data/rooms/rooms.ts";
import type { Split } from "../data/rooms/scene.ts";
import { protocol } from "../evaluation/metrics_protocol.ts";
import { type Scores, ScoreSheet } from "../evaluation/scores.ts";
import type { Gpu } from "../gpu/device.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { augmentationWords, drawAugmentation } from "../kernels/augmentation.ts";
import { prepareImage } from "../kernels/prepare_image.ts";
import { initialise } from "../models/initialise.ts";
import { perspectiveNet } from "../models/perspective_net.ts";
import { hashText, uniform } from "../random.ts";
import { type PerspectiveConfig, perspectiveStep } from "./perspective_step.ts";
import type { Learner } from "./run_loop.ts";

const augmentation = hashText("face augmentation");

/** Faces that look into one scene, from its one camera. */
const facesPerScene = 2;

/** The training of a perspective network. `seed` decides the scenes, their cameras and the first weights. */
export async function perspectiveLearner(
  gpu: Gpu,
  config: PerspectiveConfig & { seed: number },
  rows: number,
): Promise<Learner> {
  const { batch, size, seed } = config;
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "train");
  const step = perspectiveStep(graph, config, rows);
  const plan = await graph.build();
  initialise(store, seed);
  const renderer = await RoomRenderer.open(gpu);
  const feed = (at: number): void => {
    const first = at * batch;
    const views = roomFaces({ seed, split: "train", first, count: batch, perScene: facesPerScene });
    const { buffer: rgb, offset } = plan.range(step.rgb);
    renderer.render(views, { width: size, height: size }, {
      rgb: { buffer: rgb, offset },
      distance: plan.range(step.distance),
      labels: plan.range(step.labels),
    });
    const drawn = views.map((_, i) =>
      drawAugmentation({ jitter: true }, (k) => uniform(seed, augmentation, first + i, k))
    );
    plan.write(step.preparation.parameters, augmentationWords(drawn, size));
  };
  return { store, plan, optimisation: step.optimisation, feed };
}

/** Which faces a network is measured on. */
export interface FaceSet {
  readonly seed: number;
  readonly split: Split;
  /** Faces of each style: half level, half turned any way. */
  readonly perStyle: number;
  readonly styles: readonly Style[];
  readonly size: number;
}

/**
 * Predicted disparity `[F, F]` of each of some faces.
 *
 * @param rgb `[N, F, F, 4]`, sRGB in 0..1
 */
export type PredictFaces = (rgb: Float32Array, faces: number) => Promise<Float32Array>;

/** Errors of zDepth on rendered faces, by style. */
export async function scoreFaces(gpu: Gpu, set: FaceSet, predict: PredictFaces): Promise<Scores> {
  const { seed, split, perStyle, styles, size } = set;
  const renderer = await RoomRenderer.open(gpu);
  const sheet = new ScoreSheet();
  const pixels = size * size;
  const cosine = faceCosines("distill", size);
  for (const style of styles) {
    const views = roomFaces({
      seed,
      split,
      first: 0,
      count: perStyle,
      perScene: facesPerScene,
      styles: [style],
    });
    const images = await renderer.readback(views, { width: size, height: size });
    const disparity = await predict(images.rgb, views.length);
    views.forEach(({ scene }, i) => {
      const zDepth = images.distance.subarray(i * pixels, (i + 1) * pixels)
        .map((distance, p) => distance * cosine[p]!);
      const prediction = disparity.subarray(i * pixels, (i + 1) * pixels);
      const mask = images.labels.subarray(i * pixels, (i + 1) * pixels).map((bits) =>
        bits === 0 ? 1 : 0
      );
      sheet.add(
        style,
        { prediction, kind: "disparity", distance: zDepth, mask },
        protocol("paper", scene.range),
      );
    });
  }
  renderer.destroy();
  return sheet.scores();
}

/** The network of a store as a predictor, on the GPU. */
export async function perspectivePredictor(
  gpu: Gpu,
  store: ParameterStore,
  { width, size, batch }: { width: number; size: number; batch: number },
): Promise<PredictFaces> {
  const graph = new Graph(gpu, store, "evaluate");
  const rgb = graph.input("rgb", [batch, size, size, 3]);
  const { image } = prepareImage(graph, rgb, { jitter: false });
  const output = graph.output(perspectiveNet(graph, image, { width }));
  const plan = await graph.build();
  const words = size * size * 4;
  return async (faces, count) => {
    const disparity = new Float32Array(count * size * size);
    for (let first = 0; first < count; first += batch) {
      const some = faces.subarray(first * words, Math.min(first + batch, count) * words);
      plan.write(rgb, some);
      plan.run();
      const read = await plan.read(output);
      for (let p = 0; p < some.length / 4; p++) disparity[first * size * size + p] = read[p * 4]!;
    }
    return disparity;
  };
}
