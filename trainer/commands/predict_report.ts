/**
 * What `deno task predict` says.
 *
 * @module
 */
import { describeForm } from "../checkpoints/recognise.ts";
import type { StudentCheckpoint } from "../checkpoints/student_checkpoint.ts";
import type { Gpu } from "../gpu/device.ts";
import type { PanoramaPredictor } from "../prediction/panorama_predictor.ts";
import type { FileResult } from "../prediction/predict_files.ts";
import { withoutDeno } from "./command.ts";
import type { PredictArguments } from "./predict_arguments.ts";

/** What is about to be done, and what the numbers will mean. */
export function predictIntroduction(
  gpu: Gpu,
  { path, student, options, height: trained }: StudentCheckpoint,
  { height, bytes }: PanoramaPredictor,
  { rotations, outputs, scale }: PredictArguments,
): string {
  const software = gpu.kind === "cpu" ? ", a software adapter: slow, but the same results" : "";
  const lines = [
    `adapter     ${gpu.name}${software}`,
    `checkpoint  ${path}`,
    `student     ${describeForm(student.name, options)}, at ${height}x${2 * height}, ${rotations} ${
      rotations === 1 ? "rotation" : "rotations"
    }, ${Math.round(bytes / 2 ** 20)} MiB`,
  ];
  if (trained !== undefined && Math.max(height / trained, trained / height) > 2) {
    lines.push(
      `warning     it was trained at ${trained}x${
        2 * trained
      }: so far from that its depth is worth little. ` +
        `Leave --height away: results have the image's size at any height`,
    );
  }
  if (outputs.some((name) => name === "ply" || name === "glb" || name === "normals")) {
    const known = scale.scale ?? scale.medianDistance;
    lines.push(
      known === undefined
        ? "scale       unknown: the median distance is 1; tell it with --scale or --median-distance"
        : `scale       told: distances are in metres`,
      scale.shift === undefined
        ? "shift       unknown, 0 is taken: shapes are approximate; tell it with --shift"
        : `shift       ${scale.shift}`,
    );
  }
  return lines.join("\n");
}

/** How many files are done: one that fails is, whatever was still to be done with it. */
export class FileCount {
  readonly #passes: number;
  readonly #shares = new Map<string, number>();
  #done = 0;
  #failed = 0;

  /** @param passes how often a file that does not fail is told of */
  constructor(passes: number) {
    this.#passes = passes;
  }

  /** Files that are done, those that are half done as halves. */
  get done(): number {
    return this.#done / this.#passes;
  }

  get failed(): number {
    return this.#failed;
  }

  /** Take in what was told of a file. */
  add({ path, reason }: Pick<FileResult, "path" | "reason">): void {
    const before = this.#shares.get(path) ?? 0;
    const now = reason === undefined ? before + 1 : this.#passes;
    this.#shares.set(path, now);
    this.#done += now - before;
    if (reason !== undefined) this.#failed++;
  }
}

/** Files that failed, and why. */
function failuresOf(results: readonly FileResult[]): { path: string; reason: string }[] {
  return results.flatMap(({ path, reason }) =>
    reason === undefined ? [] : [{ path, reason: withoutDeno(reason) }]
  );
}

/** What became of each file, failures last. */
export function resultText(results: readonly FileResult[]): string {
  const failed = failuresOf(results);
  return [
    ...results.filter(({ reason }) => reason === undefined).map((
      { path, written, size: [width, height] = [0, 0], seconds },
    ) => `${path}  ${width}x${height}  ${seconds.toFixed(1)} s  ${written.join(" ")}`),
    ...failed.map(({ path, reason }) => `failed      ${path}: ${reason}`),
    `${results.length - failed.length} of ${results.length} predicted`,
  ].join("\n");
}

/** The same for programs. */
export function predictJson(results: readonly FileResult[]): string {
  return JSON.stringify({
    predicted: results.filter(({ reason }) => reason === undefined),
    failed: failuresOf(results),
  });
}
