/**
 * Training of the embedded teacher: a perspective network on rendered faces of all styles.
 *
 * @module
 */
import { facesPerScene, roomFaces } from "../data/room_faces.ts";
import { RoomRenderer } from "../data/rooms/renderer.ts";
import type { Gpu } from "../gpu/device.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { SecondCompiler } from "../gpu/second_compiler.ts";
import { augmentationWords, drawAugmentation } from "../kernels/augmentation.ts";
import { initialise } from "../models/initialise.ts";
import { perspectiveEncoder } from "../models/perspective_net.ts";
import { hashText, uniform } from "../random.ts";
import { type PerspectiveConfig, perspectiveStep } from "./perspective_step.ts";
import type { Learner } from "./run_loop.ts";

const augmentation = hashText("face augmentation");

/** The training of a perspective network. `seed` decides the scenes, their cameras and the first weights. */
export async function perspectiveLearner(
  gpu: Gpu,
  config: PerspectiveConfig & { seed: number },
  rows: number,
): Promise<Learner> {
  const { batch, size, seed } = config;
  await using compiler = new SecondCompiler(gpu);
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "train");
  const step = perspectiveStep(graph, config, rows);
  const plan = await graph.build({ compiler });
  initialise(store, seed, [perspectiveEncoder]);
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
