/**
 * What of a preset does not suit a student: presets are written for UniFuse, a student may want larger panoramas or have
 * encoders that a perspective teacher's weights do not fit.
 *
 * @module
 */
import { resolveConfig } from "../config/resolve.ts";
import type { TrainConfig } from "../config/schema.ts";
import { findStudent } from "../models/student.ts";

/** Changes of a preset, differences of the configuration. */
export type SuitedPreset = {
  readonly height?: number;
  readonly student?: { readonly init: "random" };
};

/**
 * Raise a preset's height to the student's smallest, and start encoders at random that are not the teacher's ResNet-18.
 *
 * @param preset name of a preset
 * @param student its name
 * @throws RangeError for one that there is not
 */
export function suitPreset(preset: string, student: string): SuitedPreset {
  const { height, student: { init } } = resolveConfig({ preset });
  const { smallestHeight, encoders, encoderDepth = 18 } = findStudent(student);
  const foreign = init !== "random" && encoders.length > 0 && encoderDepth !== 18;
  return {
    ...height < smallestHeight && { height: smallestHeight },
    ...foreign && { student: { init: "random" } },
  };
}

/** The changes that a configuration has, in words: empty when there are none, or the user asked for something else. */
export function suitedText(changes: SuitedPreset, { height, student }: TrainConfig): string {
  const said = [
    ...changes.height === height ? [`height ${height}`] : [],
    ...changes.student?.init === student.init ? ["random first weights"] : [],
  ];
  return said.length > 0 ? `with ${said.join(" and ")} for ${student.name}` : "";
}
