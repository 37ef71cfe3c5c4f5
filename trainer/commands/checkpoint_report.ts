/**
 * What `deno task import` and `deno task export` say of a checkpoint.
 *
 * @module
 */
import { groupExtras } from "../checkpoints/extras.ts";
import { describeForm } from "../checkpoints/recognise.ts";
import type { StudentCheckpoint } from "../checkpoints/student_checkpoint.ts";
import type { NamedWeights } from "../models/initialise.ts";

/** Where a file went and what it is, for people. */
export function checkpointText(
  checkpoint: StudentCheckpoint,
  weights: NamedWeights,
  output: string,
): string {
  const { path, format, student, options, height, unused } = checkpoint;
  const groups = groupExtras(unused).flatMap(({ what, names }) =>
    what === undefined
      ? names.map((name) => `unused    ${name}`)
      : [`left out  ${names.length} ${what}`]
  );
  return [
    `file      ${path}, ${format}`,
    `student   ${describeForm(student.name, options)}${
      height ? `, trained at ${height}x${2 * height}` : ""
    }`,
    `loaded    ${weights.size} tensors, ${numbers(weights)} numbers`,
    ...groups,
    `written   ${output}`,
  ].join("\n");
}

/** The same for programs; `unused` lists every tensor. */
export function checkpointJson(
  checkpoint: StudentCheckpoint,
  weights: NamedWeights,
  output: string,
): string {
  const { path, format, student, options, height, unused, settings } = checkpoint;
  return JSON.stringify({
    file: path,
    format,
    student: student.name,
    options,
    height: height ?? null,
    tensors: weights.size,
    numbers: numbers(weights),
    unused,
    settings,
    output,
  });
}

function numbers(weights: NamedWeights): number {
  return [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
}
