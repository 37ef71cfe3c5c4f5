/**
 * The size that a sequence's frames have, known before the first is predicted.
 *
 * @module
 */
import type { InputFile } from "./find_inputs.ts";
import { inputSize } from "./read_panorama.ts";

/**
 * The size of most frames, as {@linkcode sizeText}, the earliest of several; files that cannot be used have no say. Headers
 * tell it, so that this costs little beside a prediction; EXR and Radiance are decoded for it.
 *
 * @returns undefined when no frame can be used
 */
export async function frameSize(
  files: readonly InputFile[],
  options: { readonly pad: boolean },
): Promise<string | undefined> {
  const frames = new Map<string, number>();
  for (const { path } of files) {
    const size = await inputSize(path, options).catch(() => undefined); // its prediction says why
    if (size) frames.set(sizeText(size), (frames.get(sizeText(size)) ?? 0) + 1);
  }
  const most = Math.max(...frames.values());
  return [...frames].find(([, count]) => count === most)?.[0];
}

/** For people: `2048x1024`. */
export function sizeText({ width, height }: { width: number; height: number }): string {
  return `${width}x${height}`;
}
