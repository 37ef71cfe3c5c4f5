/**
 * Where the tiles that were chosen on an adapter are kept for the next training on it: one JSON file for each adapter, as
 * far as WebGPU tells one from another, precision of trainings and text of the kernels.
 *
 * WebGPU does not tell the driver's version; the system's release, which often changes with it, and Deno's, whose compiler
 * translates the kernels, stand in.
 *
 * @module
 */
import { z } from "zod";
import { writeFileAtomic } from "../formats/atomic_file.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Precision } from "../gpu/tensor.ts";
import activationCode from "../kernels/conv2d_activation.wgsl" with { type: "text" };
import epilogueCode from "../kernels/conv2d_epilogue.wgsl" with { type: "text" };
import momentsCode from "../kernels/conv2d_moments.wgsl" with { type: "text" };
import sumCode from "../kernels/conv2d_sum.wgsl" with { type: "text" };
import statisticsCode from "../kernels/batch_norm_statistics.wgsl" with { type: "text" };
import blocksCode from "../kernels/conv2d_tile_products.wgsl" with { type: "text" };
import weightBlocksCode from "../kernels/conv2d_weight_tile_products.wgsl" with { type: "text" };
import loadsCode from "../kernels/conv2d_tile_loads.wgsl" with { type: "text" };
import pixelsCode from "../kernels/conv2d_tiles.wgsl" with { type: "text" };
import weightsCode from "../kernels/conv2d_weight_tiles.wgsl" with { type: "text" };
import transformsCode from "../kernels/conv2d_winograd_4x4.wgsl" with { type: "text" };
import imageCode from "../kernels/conv2d_winograd_image.wgsl" with { type: "text" };
import pointsCode from "../kernels/conv2d_winograd_points.wgsl" with { type: "text" };
import productsCode from "../kernels/conv2d_winograd_product_tiles.wgsl" with { type: "text" };
import slopesCode from "../kernels/conv2d_winograd_slope_tiles.wgsl" with { type: "text" };
import tapsCode from "../kernels/conv2d_winograd_taps.wgsl" with { type: "text" };
import type { TileTable } from "./tile_tuner.ts";

/** What is timed: the kernels of direct convolutions, those of Winograd's, and what both have around them. */
const kernels = [
  ...[blocksCode, loadsCode, pixelsCode, weightBlocksCode, weightsCode],
  ...[transformsCode, pointsCode, imageCode, tapsCode, productsCode, slopesCode],
  ...[epilogueCode, activationCode, momentsCode, statisticsCode, sumCode],
];

/** What choices hold for. */
export type TileMachine = Readonly<Record<string, string>>;

const Content = z.strictObject({
  machine: z.record(z.string(), z.string()),
  tiles: z.record(z.string(), z.string()),
});

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}

/** Everything that decides how fast the kernels are and that can be known. */
export async function tileMachine(
  { device, name }: Gpu,
  precision: Precision,
): Promise<TileMachine> {
  const { vendor, architecture, device: model, description } = device.adapterInfo;
  return {
    name,
    adapter: [vendor, architecture, model, description].join(" | "),
    system: `${Deno.build.os} ${Deno.build.arch} ${Deno.osRelease()}`,
    deno: Deno.version.deno,
    precision,
    kernels: await sha256(kernels.join("")),
  };
}

/** The file of a machine. @param cache folder of everything that is kept between runs */
export async function tilePath(cache: string, machine: TileMachine): Promise<string> {
  return `${cache}/tiles/${(await sha256(JSON.stringify(machine))).slice(0, 16)}.json`;
}

/**
 * The choices of earlier trainings: none without a file.
 *
 * @returns also why a file that is there is not used
 */
export async function readTiles(
  path: string,
  machine: TileMachine,
): Promise<{ tiles: TileTable; ignored?: string }> {
  const ignored = (reason: string) => ({
    tiles: {},
    ignored: `Ignored "${path}" as ${reason}; tiles are chosen anew`,
  });
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { tiles: {} };
    return ignored(`it cannot be read: ${(error as Error).message}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return ignored(`it is not JSON: ${(error as Error).message}`);
  }
  const content = Content.safeParse(value);
  if (!content.success) return ignored("it does not hold what this program writes");
  const { machine: of, tiles } = content.data;
  const other = Object.keys({ ...machine, ...of }).find((key) => machine[key] !== of[key]);
  if (other === undefined) return { tiles };
  return ignored(`its ${other} is "${of[other]}", here it is "${machine[other]}"`);
}

/** Keep choices. @throws Error when the file cannot be written */
export async function writeTiles(
  path: string,
  machine: TileMachine,
  tiles: TileTable,
): Promise<void> {
  const text = JSON.stringify({ machine, tiles }, null, 2);
  await writeFileAtomic(path, new TextEncoder().encode(`${text}\n`));
}
