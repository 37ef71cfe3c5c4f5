/**
 * Trainings that take seconds: small panoramas in a temporary folder, a tiny teacher, height 64, one panorama of each kind
 * in a step.
 *
 * @module
 */
import { resolveConfig } from "../../trainer/config/resolve.ts";
import type { TrainConfig } from "../../trainer/config/schema.ts";
import type { Series } from "../../trainer/runs/history.ts";
import { RunReader } from "../../trainer/runs/run_reader.ts";
import { ignoreWithout, type Skip } from "./permissions.ts";
import { folderTests } from "./temporary_folder.ts";
import { tinyDepthModel } from "./tiny_depth_model.ts";
import { writeWaves } from "./wave_panorama.ts";

/** Data, teacher and runs of a test; gone at its end. */
export interface Workspace {
  readonly folder: string;
  /** Folder of three panoramas, 128×64. */
  readonly panoramas: string;
  /** An ONNX file that takes faces of 32×32. */
  readonly teacher: string;
}

/** What a training needs. Sharp and onnxruntime-web look at the system. */
export function ignoreWithoutTraining(needs: { run?: boolean } = {}): Skip {
  return ignoreWithout({ read: true, write: true, env: true, sys: true, ffi: true, ...needs });
}

/** Registers a test that is given a workspace of its own. */
export type WorkspaceTest = (name: string, use: (workspace: Workspace) => Promise<void>) => void;

/** Tests that have a workspace each, all skipped where something that they need is missing. */
export function workspaceTests(need: Skip): WorkspaceTest {
  const inFolder = folderTests(need);
  return (name, use) => inFolder(name, async (folder) => await use(await makeWorkspace(folder)));
}

async function makeWorkspace(folder: string): Promise<Workspace> {
  const panoramas = `${folder}/panoramas`;
  const teacher = `${folder}/teacher.onnx`;
  await Deno.mkdir(panoramas);
  for (const name of ["a", "b", "c"]) {
    await writeWaves(`${panoramas}/${name}.png`, { seed: name.charCodeAt(0) });
  }
  const metadata = { input_size: "32", multiple_of: "8" };
  await Deno.writeFile(teacher, tinyDepthModel({ metadata }));
  return { folder, panoramas, teacher };
}

/** Flags of a tiny run, as the command takes them. */
export function tinyFlags({ panoramas, teacher }: Workspace, set: readonly string[]): string[] {
  const all = [
    "diskCache=0", // what a user keeps is not for tests
    "evaluation.every=0",
    "evaluation.images=1",
    "evaluation.styles=living",
    "logging.media=0",
    ...set,
  ];
  return [
    ...["--config", "smoke", "--teacher", teacher, "--unlabeled", `folder:${panoramas}`],
    ...all.flatMap((assignment) => ["--set", assignment]),
  ];
}

/** The same as a configuration. */
export function tinyConfig(
  { panoramas, teacher }: Workspace,
  set: readonly string[] = [],
): TrainConfig {
  const flags = { teacher: { model: teacher, threads: 1 }, unlabeled: [`folder:${panoramas}`] };
  return resolveConfig({ preset: "smoke", flags, set: ["logging.media=0", ...set] });
}

/** The scalars that a run folder tells of, those that a resume took back left out. */
export async function readSeries(folder: string): Promise<ReadonlyMap<string, Series>> {
  const reader = new RunReader(folder);
  await reader.refresh();
  return reader.history.series;
}

/** `loss/total` of a run folder, from its first step on. */
export async function readLosses(folder: string): Promise<number[]> {
  return (await readSeries(folder)).get("loss/total")?.values ?? [];
}
