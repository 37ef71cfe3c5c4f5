/**
 * Predictions of many files, several in flight: while the GPU works on one, others are decoded or written.
 *
 * @module
 */
import { writeFileAtomic } from "../formats/atomic_file.ts";
import { predictCoarse, refine, statisticsOf } from "./coarse_depth.ts";
import type { InputFile } from "./find_inputs.ts";
import type { ScaleOptions } from "./metric_scale.ts";
import { encoders, type OutputName, type SpaceOptions } from "./outputs.ts";
import type { PanoramaDepth } from "./panorama_depth.ts";
import type { PanoramaPredictor } from "./panorama_predictor.ts";
import { readInput } from "./read_panorama.ts";

/** What to make of each panorama, and where. */
export interface PredictOptions {
  /** Folder of the results. */
  readonly output: string;
  readonly outputs: readonly OutputName[];
  readonly space: SpaceOptions;
  readonly scale: ScaleOptions;
  /** Place images of another ratio than 2:1 on the sphere. */
  readonly pad: boolean;
}

/** How one file went. */
export interface FileResult {
  readonly path: string;
  /** Files that were written. */
  readonly written: readonly string[];
  /** Why it failed; undefined when it did not. */
  readonly reason?: string;
  /** Columns and rows of the image. */
  readonly size?: readonly [number, number];
  readonly seconds: number;
}

/**
 * Do something for each item, `jobs` at a time; results in the order of the items. A failure does not stop the others.
 *
 * @param done is told of each result as it comes
 */
export async function forEachFile(
  files: readonly InputFile[],
  jobs: number,
  work: (file: InputFile, index: number) => Promise<Omit<FileResult, "path" | "seconds">>,
  done: (result: FileResult) => void = () => {},
): Promise<FileResult[]> {
  const results: FileResult[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < files.length) {
      const index = next++;
      const { path } = files[index]!;
      const start = performance.now();
      const outcome = await work(files[index]!, index)
        .catch((error) => ({ written: [], reason: (error as Error).message }));
      const result = { path, ...outcome, seconds: (performance.now() - start) / 1000 };
      results[index] = result;
      done(result);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return results;
}

/** Predict one file on its own and write what is asked for. @throws {Error} with the reason, without the path */
export async function predictFile(
  predictor: PanoramaPredictor,
  file: InputFile,
  options: PredictOptions,
): Promise<Omit<FileResult, "path" | "seconds">> {
  const image = await readInput(file.path, options);
  const coarse = await predictCoarse(predictor, image);
  const depth = refine(image, coarse, statisticsOf([coarse]), options.scale);
  return await writeOutputs(depth, file.name, options);
}

/**
 * Write a prediction. All files are made before the first is written.
 *
 * @param name of the panorama below the output folder
 * @throws {Error} when one cannot be made or written; it names those that are written
 */
export async function writeOutputs(
  depth: PanoramaDepth,
  name: string,
  { output, outputs, space }: PredictOptions,
): Promise<Omit<FileResult, "path" | "seconds">> {
  const { width, height } = depth.image;
  const files = [];
  for (const kind of outputs) files.push(...await encoders[kind](depth, space));
  const written: string[] = [];
  for (const [ending, bytes] of files) {
    const path = `${output}/${name}-${ending}`;
    await writeFileAtomic(path, bytes).catch((error: Error) => {
      const done = written.length > 0 ? `; written are ${written.join(" ")}` : "";
      throw new Error(error.message + done, { cause: error });
    });
    written.push(path);
  }
  return { written, size: [width, height] };
}
