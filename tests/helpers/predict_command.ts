/**
 * The predict command as a process, a small student for it, and panoramas that it is given.
 *
 * @module
 */
import type { Sharp } from "sharp";
import { writeWeights } from "../../trainer/checkpoints/write_weights.ts";
import { readNpy } from "../../trainer/formats/npy.ts";
import type { NamedWeights } from "../../trainer/models/initialise.ts";
import { findStudent } from "../../trainer/models/student.ts";
import { type Outcome, runDeno, taskWords } from "./command.ts";
import { ignoreWithout, type Skip } from "./permissions.ts";
import { filledWeights } from "./student_weights.ts";
import { folderTests } from "./temporary_folder.ts";

/** What a prediction needs. */
export const need: Skip = ignoreWithout({
  read: true,
  write: true,
  run: true,
  env: true,
  sys: true,
  ffi: true,
});
const { default: sharp } = need.ignore ? { default: undefined! } : await import("sharp"); // wants permissions to load

/** Weights of a UniFuse that predicts in seconds. */
export const weights: NamedWeights = filledWeights(findStudent("unifuse"), { width: 0.0625 });

/** Runs `deno task predict` with the permissions of the task. */
export function predict(args: readonly string[]): Promise<Outcome> {
  return runDeno([...taskWords("predict"), ...args]);
}

/** What a test of the command is given. */
export interface Place {
  /** A folder of its own. */
  readonly folder: string;
  /** A checkpoint of {@link weights} in it, trained at height 64. */
  readonly checkpoint: string;
}

const inFolder = folderTests(need);

/** Registers a test of the command that has a folder with a checkpoint. */
export function test(name: string, use: (place: Place) => Promise<void>): void {
  inFolder(name, async (folder) => {
    const checkpoint = `${folder}/c.safetensors`;
    await writeWeights(checkpoint, weights, { metadata: { height: "64" }, half: false });
    await use({ folder, checkpoint });
  });
}

/** A panorama with waves and a bright box, another with every `turn`. */
export function picture(width: number, height: number, turn = 0): Sharp {
  const raw = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const p = Math.floor(i / 3);
    const [u, v] = [p % width / width, Math.floor(p / width) / height];
    const box = u > 0.3 && u < 0.4 && v > 0.4 && v < 0.7 ? 80 : 0;
    return 110 + box +
      60 * Math.sin(2 * Math.PI * (u * (1 + i % 3) + turn)) * Math.sin(Math.PI * v);
  });
  return sharp(raw, { raw: { width, height, channels: 3 } });
}

/** Names below a folder, sorted. */
export function listing(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** The numbers of an `.npy` file of floats. */
export async function floats(path: string): Promise<Float32Array> {
  return (await readNpy(path)).data as Float32Array;
}
