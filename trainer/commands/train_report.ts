/**
 * What `train` says: what it is about to do, what it found, and what came of it.
 *
 * @module
 */
import type { Teacher } from "@depth-anywhere/teacher";
import type { TrainConfig } from "../config/schema.ts";
import { parseSpec } from "../data/spec.ts";
import { heldOutStyles } from "../evaluation/held_out_rooms.ts";
import { scoreTable } from "../evaluation/scores.ts";
import type { Gpu } from "../gpu/device.ts";
import { duration } from "../runs/progress.ts";
import type { JointFigures } from "../training/joint_evaluation.ts";
import type { JointStart } from "../training/joint_start.ts";

/**
 * Said first, before data are opened and shaders compiled.
 *
 * @param options `preset`: what the run was configured by, if it is new; `from`: steps done, if it goes on
 */
export function introduction(
  gpu: Gpu,
  config: TrainConfig,
  folder: string,
  { preset, from = 0 }: { preset?: string | undefined; from?: number | undefined } = {},
): string {
  const { student, height, batch, labeled, unlabeled, precision } = config;
  const options = Object.entries(student.options).map(([name, value]) => `, ${name} ${value}`);
  const half = (count: number, sources: readonly string[]): string =>
    count > 0 ? `${count} a step of ${sources.join(", ")}` : "none";
  const software = gpu.kind === "cpu" ? ", a software adapter: slow, but the same results" : "";
  return [
    `adapter     ${gpu.name}${software}; subgroups ${gpu.subgroups ? "yes" : "no"}`,
    ...(preset === undefined ? [] : [`preset      ${preset}`]),
    `student     ${student.name}, width ${student.width}, ${height}x${2 * height}${
      options.join("")
    }`,
    ...(precision === "f32" ? [] : [`precision   ${precision}: feature maps as 16-bit floats`]),
    `labelled    ${half(batch.labeled, labeled)}`,
    `unlabelled  ${half(batch.unlabeled, unlabeled)}`,
    `run         ${folder}, ${
      from > 0 ? `goes on after ${from} of ` : ""
    }${config.steps} steps, recipe ${config.recipe}, rotation ${config.rotation}`,
    `watch it    deno task serve --runs ${parent(folder)}`,
  ].join("\n");
}

function parent(folder: string): string {
  const end = folder.lastIndexOf("/");
  return end < 0 ? "." : folder.slice(0, end) || "/";
}

/** The teacher, in a few words. */
export function teacherText(teacher: Teacher | undefined): string {
  if (!teacher) return "teacher     none";
  const where = teacher.execution === "wasm" ? `wasm, ${teacher.threads} threads` : "WebGPU";
  return `teacher     ${teacher.name} at ${teacher.inputSize}x${teacher.inputSize}, ${where}`;
}

/**
 * Said before the first step: what was opened, which masks were found, and every file that was skipped so far.
 *
 * @param milliseconds that opening took, shaders compiled and their first dispatch included
 */
export function opened(
  { learner, measured }: Pick<JointStart, "learner" | "measured">,
  milliseconds: number,
): string {
  const { config, store, loader, plan } = learner;
  const { evaluation, evaluation: { images, panoramas } } = config;
  const { styles, perStyle } = heldOutStyles(evaluation);
  const rooms = styles.length * perStyle;
  const rounded = rooms === images
    ? ""
    : ` (${perStyle} of each of ${styles.length} styles for evaluation.images = ${images})`;
  const lines = [
    `opened      in ${duration(milliseconds)}: ${
      loader ? `${counted(loader.size, "panorama")}; ` : ""
    }${rooms} held-out rooms${rounded}; ` +
    `${store.count()} parameters, ${(plan.flops / 1e9).toFixed(1)} GFLOP a step`,
    `figures     of ${
      measured === 0 ? "the first weights" : `step ${measured}`
    } come while it trains${
      loader && panoramas > 0 ? ", when the teacher has labelled panoramas for them" : ""
    }`,
  ];
  lines.push(...loader?.notes ?? []);
  const skipped = loader?.report ?? [];
  for (const { path, reason } of skipped) lines.push(`Skipped "${path}": ${reason}`);
  if (skipped.length > 0) {
    lines.push(
      `${counted(skipped.length, "file")} skipped, ${counted(loader!.size, "panorama")} used`,
    );
  }
  return lines.join("\n");
}

/** `1 file`, `2 files`. */
function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** Whether the panoramas that stand for unseen ones are among those that a run learns from. */
function learnsHeldOut(unlabeled: readonly string[]): boolean {
  return unlabeled.map(parseSpec).some(({ name, options: { split = "train" } }) =>
    name === "panoramas" && split !== "train"
  );
}

/**
 * Said at the end: figures before and after, those of the configured alignment first.
 *
 * @param beforeStep steps done when `before` was measured
 */
export function conclude(
  { before, after }: { readonly before: JointFigures; readonly after: JointFigures },
  { alignment, protocol, unlabeled, evaluation: { rotations } }: Pick<
    TrainConfig,
    "alignment" | "protocol" | "unlabeled" | "evaluation"
  >,
  beforeStep = 0,
): string {
  const title = beforeStep === 0 ? "before" : `step ${beforeStep}`;
  const lines = [
    `Held-out rooms, per image, then averaged${
      protocol === "paper" ? "" : `, by the rules of "${protocol}"`
    }:`,
    scoreTable([[title, before.rooms.scores], ["after", after.rooms.scores]], alignment),
  ];
  const { affine, constant } = after.rooms.scores.all!;
  lines.push(
    `AbsRel (affine) is ${
      (affine.absRel / constant.absRel).toFixed(2)
    } of the constant prediction's`,
  );
  if (before.pseudo && after.pseudo) {
    const row = (title: string, key: "train" | "heldOut"): string =>
      `${title}  ${before.pseudo![key].loss.toFixed(3)} -> ${after.pseudo![key].loss.toFixed(3)}`;
    const { constant } = after.pseudo.heldOut;
    lines.push(
      "",
      `Pseudo-label loss over ${rotations} fixed rotations (flat faces score 1, held-out panoramas of one ` +
        `distance ${constant.toFixed(3)}):`,
    );
    lines.push(row("training panoramas", "train"), row("held-out panoramas", "heldOut"));
    if (learnsHeldOut(unlabeled)) {
      lines.push(
        "These held-out panoramas were trained on: without @split they would be kept out",
      );
    }
    lines.push(
      `Jump across cube borders / inside faces, panoramas: ${
        before.pseudo.heldOut.seam.toFixed(2)
      } -> ` +
        after.pseudo.heldOut.seam.toFixed(2),
    );
  }
  return lines.join("\n");
}
