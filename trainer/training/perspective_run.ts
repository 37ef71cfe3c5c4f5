/**
 * A whole training of a perspective network, the embedded teacher's: open, train, measure now and then, export.
 *
 * @module
 */
import { writeFileAtomic } from "../formats/atomic_file.ts";
import { readOnnxWeights } from "../formats/onnx_weights.ts";
import { perspectiveOnnx } from "../export/perspective_onnx.ts";
import { styles } from "../data/rooms/rooms.ts";
import { type FaceSet, perspectivePredictor, scoreFaces } from "../evaluation/faces.ts";
import { scoreValues } from "../evaluation/scores.ts";
import { copyWeights, type NamedWeights } from "../models/initialise.ts";
import { widen } from "../models/widen.ts";
import type { Gpu } from "../gpu/device.ts";
import type { ParameterStore } from "../gpu/parameters.ts";
import type { Progress } from "../runs/progress.ts";
import type { RunWriter } from "../runs/run_writer.ts";
import { loadCheckpoint } from "./checkpoint.ts";
import { perspectiveLearner } from "./perspective_learner.ts";
import { type Learner, type LoopEnd, runLoop } from "./run_loop.ts";

/** What decides the numbers of a run. */
export interface TeacherConfig {
  /** Optimiser steps in all; the step size falls along a cosine to 0 at the last one. */
  readonly steps: number;
  /** Faces in a step. */
  readonly batch: number;
  /** Step size at its highest. */
  readonly lr: number;
  /** Channel multiplier. */
  readonly width: number;
  /** Pixels along a face, a multiple of 32. */
  readonly size: number;
  readonly seed: number;
  /** A network of {@link exportPerspective} that it starts from; undefined: random weights. */
  readonly init?: string;
}

const log = 10; // steps between readings of the scalars

/** The learner with its first weights, those of `init`, or those of a checkpoint. */
export async function openPerspective(
  gpu: Gpu,
  config: TeacherConfig,
  checkpoint?: { readonly path: string },
): Promise<Learner> {
  const { lr, init } = config;
  const schedule = { schedule: "cosine", warmup: 100 } as const;
  const adam = { name: "adam", betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, clip: 1 } as const;
  const learner = await perspectiveLearner(
    gpu,
    { ...config, optim: { lr, ...schedule, ...adam } },
    log,
  );
  if (init !== undefined && !checkpoint) {
    const { weights } = readOnnxWeights(await Deno.readFile(init), init);
    copyWeights(learner.store, atWidthOf(learner.store, weights, config.seed), init);
  }
  if (checkpoint) await loadCheckpoint(checkpoint.path, learner.store);
  return learner;
}

/** Weights as they are where the network has their width, or more. */
function atWidthOf(store: ParameterStore, weights: NamedWeights, seed: number): NamedWeights {
  const names = [...store.names(), ...store.states()];
  const stem = names.find((name) => weights.has(name));
  if (stem === undefined || weights.get(stem)!.shape[0]! >= store.shape(stem)[0]!) return weights;
  return widen(weights, new Map(names.map((name) => [name, store.shape(name)])), seed);
}

/** Train to the end, or until the signal; every 500 steps the network is measured on faces of the validation split. */
export async function trainPerspective(
  gpu: Gpu,
  config: TeacherConfig,
  learner: Learner,
  from: number,
  { writer, progress, signal }: { writer: RunWriter; progress: Progress; signal?: AbortSignal },
): Promise<LoopEnd> {
  const { steps, size } = config;
  const predict = await perspectivePredictor(gpu, learner.store, config);
  const faces: FaceSet = { seed: 1, split: "val", perStyle: 16, styles, size };
  const times = { from, steps, log, checkpoint: 250, keep: 2, evaluate: 500, media: 0 };
  return await runLoop(learner, times, {
    async evaluate(done) {
      const scores = await scoreFaces(gpu, faces, predict);
      const { affine, constant } = scores.all!;
      progress.log(
        `step ${done}: held-out faces δ1 ${affine.delta1.toFixed(3)} AbsRel ${
          affine.absRel.toFixed(3)
        } affine ` +
          `(constant ${constant.delta1.toFixed(3)}, ${constant.absRel.toFixed(3)})`,
      );
      return scoreValues("faces", scores);
    },
    draw: () => Promise.resolve(),
  }, { writer, progress, signal, remedy: { task: "teacher", flags: `--lr ${config.lr / 4}` } });
}

/** Write the network as ONNX, weights as f16, with what it was trained by. */
export async function exportPerspective(
  store: ParameterStore,
  { size, batch, width, seed, init }: TeacherConfig,
  done: number,
  path: string,
): Promise<void> {
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const flat of ["values", "states"] as const) {
    for (const [name, data] of await store.getAll(flat)) {
      weights.set(name, { shape: store.shape(name), data });
    }
  }
  const metadata = {
    steps: `${done}`,
    faces: `${done * batch}`,
    width: `${width}`,
    seed: `${seed}`,
    ...(init === undefined ? {} : { init: init.split("/").at(-1)! }),
  };
  await writeFileAtomic(path, perspectiveOnnx(weights, { width, size, stored: "f16", metadata }));
}
