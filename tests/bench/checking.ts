/**
 * Whether a contestant computes what this project computes: at the size that is timed, or else at a small one.
 *
 * @module
 */
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { ContestantProcess, type Start } from "./contestant_process.ts";
import { type MaterialFiles, writeMaterial } from "./material.ts";
import { largestError } from "./same_result.ts";
import { learningRate, type Work } from "./work.ts";

/** Largest relative error of a tensor that counts as the same computation (float32 gradients of a deep network). */
export const sameWithin = 1e-3;

/** The worst tensor of a comparison. */
export interface Difference {
  readonly error: number;
  readonly tensor: string;
}

/** A contestant that computed once. */
export interface Opened {
  readonly process: ContestantProcess;
  readonly versions: Readonly<Record<string, string>>;
  readonly adapter?: string;
  /** What it computed. */
  readonly result: string;
  /** What that took. */
  readonly seconds: number;
  /** ReLU inputs that lie elsewhere than the sides that it was given and took. */
  readonly otherwise?: number | undefined;
}

/**
 * Start a contestant and let it compute once.
 *
 * @param result path of the file that it writes
 * @param sides path of what it is to take the sides from (sides.ts)
 * @throws Error with its reason; the process is gone then
 */
export async function openOn(
  work: Work,
  files: MaterialFiles,
  { start, threads, result, sides }: {
    start: Start;
    threads: number;
    result: string;
    sides?: string;
  },
): Promise<Opened> {
  const process = new ContestantProcess(start);
  try {
    const { versions, adapter } = await process.ask({
      kind: "open",
      work,
      learningRate,
      threads,
      ...files,
    });
    const began = performance.now();
    const { otherwise } = await process.ask({ kind: "check", to: result, sides });
    const seconds = (performance.now() - began) / 1000;
    return { process, versions, adapter, result, seconds, otherwise };
  } catch (error) {
    process.kill();
    throw error;
  }
}

/** The same work at a size that nothing stands in the way of. */
export function smaller(work: Work): Work {
  if (work.kind === "convolution") {
    return {
      ...work,
      batch: 1,
      height: Math.min(work.height, 16),
      width: Math.min(work.width, 16),
    };
  }
  return { ...work, batch: Math.min(work.batch, 2), height: 64, width: 0.25 };
}

/** How far a contestant is from this project on the small work. */
export async function differenceWhenSmall(
  work: Work,
  own: Start,
  start: Start,
  threads: number,
): Promise<Difference> {
  await using folder = await temporaryFolder();
  const small = smaller(work);
  const files = await writeMaterial(folder.path, small);
  const results: string[] = [];
  for (const [name, side] of [["own", own], ["other", start]] as const) {
    const result = `${folder.path}/${name}.safetensors`;
    const { process } = await openOn(small, files, { start: side, threads, result });
    process.kill();
    results.push(result);
  }
  return await largestError(results[0]!, results[1]!);
}

/** In words. */
export function differenceText({ error, tensor }: Difference): string {
  return `"${tensor}" is off by ${error.toExponential(1)}`;
}
