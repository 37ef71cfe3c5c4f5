/**
 * Frames of one sequence: predicted first, then smoothed over time and written with one scale and one range of colours.
 *
 * @module
 */
import {
  type CoarseDepth,
  type DisparityStatistics,
  predictCoarse,
  refine,
  statisticsOf,
} from "./coarse_depth.ts";
import type { InputFile } from "./find_inputs.ts";
import { frameSize, sizeText } from "./frame_size.ts";
import type { PanoramaPredictor } from "./panorama_predictor.ts";
import {
  type FileResult,
  forEachFile,
  type PredictOptions,
  writeOutputs,
} from "./predict_files.ts";
import { readInput } from "./read_panorama.ts";
import { SequenceStore } from "./sequence_store.ts";
import { type Affine, matchFrames, smoothOverTime, steady } from "./temporal.ts";

/** How a sequence is predicted. */
export interface SequenceOptions extends PredictOptions {
  /** Frames on each side that a frame is smoothed with; 0 for none. */
  readonly smooth: number;
  readonly jobs: number;
}

/** Frames that the common median and range of colours are taken from. */
const SAMPLED = 32;

/**
 * Predict frames in their order. One that fails, or is not of the size of most, is left out and reported; its neighbours close
 * the gap.
 *
 * @param progress is told of each failure, and of each frame twice: when it is predicted and when it is written
 * @returns results in the order of the frames
 */
export async function predictSequence(
  predictor: PanoramaPredictor,
  files: readonly InputFile[],
  options: SequenceOptions,
  progress: (result: FileResult) => void = () => {},
): Promise<FileResult[]> {
  await using store = await SequenceStore.create(predictor.height);
  const wanted = await frameSize(files, options);
  const first = await forEachFile(files, options.jobs, async ({ path }, frame) => {
    const image = await readInput(path, options);
    if (sizeText(image) !== wanted) {
      throw new RangeError(
        `its size is ${sizeText(image)}: most frames are ${wanted}, and all need the same`,
      );
    }
    await store.write(frame, await predictCoarse(predictor, image));
    return { written: [] };
  }, progress);
  const { frames } = store;
  if (frames.length === 0) return first;
  const corrections = await correctionsOf(store, options.smooth);
  const statistics = await statisticsOfAll(store, corrections);
  const second = await forEachFile(
    frames.map((frame) => files[frame]!),
    options.jobs,
    async (file, i) => {
      const depth = await smoothed(store, corrections, i, options.smooth);
      const image = await readInput(file.path, options);
      return await writeOutputs(
        refine(image, depth, statistics, options.scale),
        file.name,
        options,
      );
    },
    progress,
  );
  return first.map((result, frame) => {
    const written = second[frames.indexOf(frame)];
    return written ? { ...written, seconds: written.seconds + result.seconds } : result;
  });
}

async function correctionsOf(store: SequenceStore, reach: number): Promise<Affine[]> {
  const matches: (Affine | undefined)[] = [];
  let before: CoarseDepth | undefined;
  for (const frame of store.frames) {
    const depth = await store.read(frame);
    matches.push(before && matchFrames(before, depth));
    before = depth;
  }
  return steady(matches, reach);
}

function corrected(depth: CoarseDepth, { gain, offset }: Affine): CoarseDepth {
  return { ...depth, values: depth.values.map((value) => gain * value + offset) };
}

async function statisticsOfAll(
  store: SequenceStore,
  corrections: readonly Affine[],
): Promise<DisparityStatistics> {
  const { frames } = store;
  const sampled: CoarseDepth[] = [];
  let [least, most] = [Infinity, -Infinity];
  const every = Math.ceil(frames.length / SAMPLED);
  for (const [i, frame] of frames.entries()) {
    const depth = corrected(await store.read(frame), corrections[i]!);
    for (const value of depth.values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
    if (i % every === 0) sampled.push(depth);
  }
  const { range, median } = statisticsOf(sampled);
  return { range: { ...range, least, most }, median };
}

/** A frame of the store with its neighbours. @param i place among the frames that are there */
async function smoothed(
  store: SequenceStore,
  corrections: readonly Affine[],
  i: number,
  reach: number,
): Promise<CoarseDepth> {
  const { frames } = store;
  const from = Math.max(0, i - reach);
  const window = [];
  for (let k = from; k < Math.min(frames.length, i + reach + 1); k++) {
    window.push({
      depth: await store.read(frames[k]!),
      correction: corrections[k]!,
      apart: k - i,
    });
  }
  return smoothOverTime(window, i - from);
}
