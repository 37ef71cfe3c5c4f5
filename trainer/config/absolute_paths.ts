/**
 * Paths of a configuration, so that a run is the same one wherever it is gone on with.
 *
 * @module
 */
import { resolve } from "node:path";
import { parseSpec } from "../data/spec.ts";
import type { TrainConfig } from "./schema.ts";

/** A configuration whose sources, teacher and first weights are named by absolute paths where they are files or folders. */
export async function withAbsolutePaths(config: TrainConfig): Promise<TrainConfig> {
  const { labeled, unlabeled, teacher, student } = config;
  return {
    ...config,
    labeled: labeled.map(absoluteSpec),
    unlabeled: unlabeled.map(absoluteSpec),
    teacher: { ...teacher, model: await absoluteIfThere(teacher.model) },
    student: { ...student, init: await absoluteIfThere(student.init) },
  };
}

function absoluteSpec(text: string): string {
  const { name, root, options } = parseSpec(text);
  if (root === undefined) return text;
  const absolute = Object.entries(options)
    .map(([key, value]) => `@${key}=${key === "masks" ? resolve(value) : value}`);
  return `${name}:${resolve(root)}${absolute.join("")}`;
}

/** A name that is no file or folder, such as `builtin`, stays as it is. */
async function absoluteIfThere(name: string): Promise<string> {
  return await Deno.stat(name).then(() => resolve(name), () => name);
}
