/**
 * Comparing gradients on one piece of a piecewise smooth function. A ReLU whose input lies within rounding of 0 is open
 * in one program and closed in another, and one of millions moves the gradients of the layers below by some 1e-3. So the
 * other computes once more with this project's choice at each ReLU, pooling and absolute value: what is left is the
 * difference of their arithmetic, and whatever one of them computes wrongly.
 *
 * @module
 */
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { type Difference, differenceText, openOn } from "./checking.ts";
import type { Start } from "./contestant_process.ts";
import type { MaterialFiles } from "./material.ts";
import { measureIn } from "./measure.ts";
import type { SidesRequest, SidesResult } from "./measurements/sides.ts";
import { largestError } from "./same_result.ts";
import type { NetworkWork } from "./work.ts";

/** Largest relative error of a tensor that counts as the same computation on one piece: 1e-5 were measured. */
export const sameOnOneSide = 1e-4;

/** How two programs compare where one takes the sides of the other. */
export interface Sides {
  /** ReLU inputs that its own arithmetic puts on the other side of 0. */
  readonly otherwise: number;
  /** Of so many. */
  readonly of: number;
  /** What is left with the sides given. */
  readonly difference: Difference;
}

/**
 * Let a contestant compute once with this project's sides.
 *
 * @param own path of what this project computed
 * @throws Error when the contestant does not say that it took them
 */
export async function compareOnOneSide(
  work: NetworkWork,
  files: MaterialFiles,
  own: string,
  { start, threads }: { readonly start: Start; readonly threads: number },
): Promise<Sides> {
  await using folder = await temporaryFolder();
  const sides = `${folder.path}/sides.safetensors`;
  const result = `${folder.path}/result.safetensors`;
  const request: SidesRequest = { work, material: files.material, to: sides };
  const { cut } = await measureIn<SidesResult>("sides", request);
  const { process, otherwise } = await openOn(work, files, { start, threads, result, sides });
  process.kill();
  if (otherwise === undefined) throw new Error("it was given sides and did not take them");
  return { otherwise, of: cut, difference: await largestError(own, result) };
}

/** In words. */
export function sidesText({ otherwise, of, difference }: Sides): string {
  return `${otherwise} of ${of} ReLU inputs lie on the other side of 0; on our side ${
    differenceText(difference)
  }`;
}
