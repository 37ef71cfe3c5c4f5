/**
 * In how many parts a step has to be trained so that an adapter can bind its maps: WebGPU binds 128 MiB at once by
 * default, less than the maps of the paper's six panoramas have.
 *
 * @module
 */
import type { TrainConfig } from "../config/schema.ts";
import { bytesOf } from "../gpu/tensor.ts";
import { findStudent } from "../models/student.ts";

/** What of an adapter's limits decides. */
export interface BindingLimits {
  readonly maxStorageBufferBindingSize: number;
  readonly maxBufferSize: number;
}

/**
 * Bytes of the largest map of a step: one of the student's for a part of the batch, or the panoramas of a half as they
 * come, which are not split: labelled ones, or those that the teacher's faces are cut from.
 */
export function largestMap(
  { student, height, precision, teacher, batch: { labeled, unlabeled } }: TrainConfig,
  parts: number,
): number {
  const pixels = 2 * height * height * (labeled + unlabeled) / parts;
  const seen = 2 * Math.max(teacher.viewHeight, height) ** 2 * unlabeled;
  const whole = 4 * Math.max(seen, 2 * height * height * labeled);
  const features = pixels * findStudent(student.name).floatsPerPixel(student.width);
  const pictures = 4 * Math.max(whole, 4 * pixels); // stay f32
  return Math.max(features * bytesOf(precision === "mixed" ? "f16" : "f32"), pictures);
}

/** Most that a dimension of a dispatch may count, as `Graph` checks: the default of WebGPU. */
const MOST_WORKGROUPS = 65_535;

/**
 * A batch that no number of parts makes trainable: the panoramas of a half are prepared together, each of them and each of
 * the teacher's six faces with workgroups of its own.
 *
 * @throws RangeError with the most that this adapter takes and how to ask for it
 */
export function checkBatch(config: TrainConfig, limits: BindingLimits): void {
  const { batch, height, teacher } = config;
  const halves = [
    ["labelled", batch.labeled, height, 1],
    ["unlabelled", batch.unlabeled, Math.max(teacher.viewHeight, height), 6],
  ] as const;
  for (const [half, count, rows, faces] of halves) {
    const held = Math.floor(bytesAtOnce(limits) / (16 * 2 * rows * rows)); // four floats a pixel
    const most = Math.min(held, Math.floor(MOST_WORKGROUPS / faces));
    if (count <= most) continue;
    const lower = rows > height ? "teacher.viewHeight" : "--height";
    throw new RangeError(
      `Cannot train on ${count} ${half} panoramas a step: of ${rows}x${
        2 * rows
      } this adapter takes at most ${most}; ` +
        (most > 0
          ? `name a lower --batch-size${held === most ? ` or ${lower}` : ""}`
          : `lower ${lower}`),
    );
  }
}

/** Numbers of equal parts that a batch can be trained in, ascending; a half that it has not divides by any. */
function possibleParts({ labeled, unlabeled }: TrainConfig["batch"]): number[] {
  return Array.from({ length: Math.max(labeled, unlabeled) }, (_, i) => i + 1)
    .filter((parts) => labeled % parts === 0 && unlabeled % parts === 0);
}

/** The fewest equal parts whose largest map can be bound; as many as there can be where none does. */
export function fewestParts(config: TrainConfig, limits: BindingLimits): number {
  const possible = possibleParts(config.batch);
  const limit = bytesAtOnce(limits);
  return possible.find((parts) => largestMap(config, parts) <= limit) ?? possible.at(-1)!;
}

/**
 * A line of a run's introduction: into how many parts its batch is split, and why. What is taken over a batch as it goes
 * through the student is then a part's: the statistics of batch norms, and the minimum that the released code adds.
 */
export function partsText(config: TrainConfig, limits: BindingLimits): string {
  const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
  const { labeled, unlabeled, parts } = config.batch;
  const own = config.resampling === "released"
    ? "batch statistics and minimum"
    : "batch statistics";
  return `batch       ${labeled} + ${unlabeled} panoramas in ${parts} parts, each with its own ${own}: ` +
    `at once the largest map would have ${
      mebibytes(largestMap(config, 1))
    } MiB, and this adapter binds at most ` +
    `${mebibytes(bytesAtOnce(limits))} MiB`;
}

/**
 * How many panoramas of a batch are worked on together where each needs a map of so many bytes: as many as can be bound,
 * in equal groups.
 *
 * @throws RangeError when the map of a single one cannot be bound
 */
export function panoramasAtOnce(limits: BindingLimits, count: number, bytes: number): number {
  const limit = bytesAtOnce(limits);
  for (let groups = 1; groups <= count; groups++) {
    if (count % groups === 0 && count / groups * bytes <= limit) return count / groups;
  }
  throw new RangeError(
    `Cannot show a panorama to the teacher as its faces need ${bytes} bytes at once, and this adapter binds at most ` +
      `${limit}: lower teacher.size or teacher.viewHeight`,
  );
}

/** What of a configuration can be changed where an adapter has too little memory for it. */
export function memoryAdvice({ batch, recompute, student, height, teacher }: TrainConfig): string {
  const more = possibleParts(batch).find((parts) => parts > batch.parts);
  const { smallestHeight } = findStudent(student.name);
  const ways = [
    ...more === undefined ? [] : [`train the batch in more parts with --set batch.parts=${more}`],
    ...recompute ? [] : ["keep fewer maps with --recompute"],
    ...batch.labeled + batch.unlabeled > 1 ? ["lower --batch-size"] : [],
    ...height > smallestHeight ? ["lower --height"] : [],
    ...teacher.viewHeight > height ? ["lower teacher.viewHeight"] : [],
    "lower student.width",
  ];
  return `${ways.slice(0, -1).join(", ")}${ways.length > 1 ? " or " : ""}${ways.at(-1)}`;
}

function bytesAtOnce({ maxStorageBufferBindingSize, maxBufferSize }: BindingLimits): number {
  return Math.min(maxStorageBufferBindingSize, maxBufferSize);
}
