/**
 * Whether data make a GPU wait, shown by a simulated one: a training on a user's folder of large JPEGs, for the first time
 * and in a later run. The folder has more images than are decoded when it is opened or kept in memory, so that every image
 * of a step comes from its file or from the disk cache; the system keeps those files in memory.
 *
 * @module
 */
import sharp from "sharp";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import type { FeedFigures, FeedRequest } from "./feed_step.ts";
import { measureIn, type Whole } from "./measure.ts";
import type { FeedSection } from "./result.ts";

/** Sizes of the measurement. */
export interface FeedSizes {
  /** Rows of the JPEGs; the width is twice that. */
  readonly height: number;
  /** JPEGs, each under several names. */
  readonly files: number;
  readonly names: number;
  readonly steps: number;
  readonly deviceMs: number;
}

/** Measure cold, then warm. */
export async function feed(
  sizes: FeedSizes,
  say: (text: string) => void,
): Promise<FeedSection> {
  await using folder = await temporaryFolder();
  const images = `${folder.path}/images`;
  say(`${sizes.files} JPEGs of ${2 * sizes.height}x${sizes.height}`);
  await writeImages(images, sizes);
  const { steps, deviceMs } = sizes;
  const request: FeedRequest = {
    set: [`unlabeled=folder:${images}`],
    steps,
    deviceMs,
    cache: `${folder.path}/cache`,
  };
  const measured = async (when: string): Promise<FeedFigures & Whole> => {
    say(`a simulated device of ${deviceMs} ms a step, ${when}`);
    return await measureIn<FeedFigures>("feed", request);
  };
  const cold = await measured("no image resized yet");
  const warm = await measured("the same steps in a later run");
  return { ...sizes, cold, warm };
}

/** Gradients with a texture that JPEG cannot leave out, another section of it in each. */
async function writeImages(folder: string, { height, files, names }: FeedSizes): Promise<void> {
  await Deno.mkdir(folder);
  const width = 2 * height;
  const pixels = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    const texture = 20 * Math.sin(x * 0.9) * Math.cos(y * 0.7) + 20 * Math.sin(x * 0.21 + y * 0.13);
    return 110 + 60 * Math.sin((c + 1) * 2 * Math.PI * x / width) + 30 * y / height + texture;
  });
  const raw = { width, height, channels: 3 } as const;
  for (let k = 0; k < names; k++) {
    const path = `${folder}/${k}.jpg`;
    if (k >= files) await Deno.symlink(`${folder}/${k % files}.jpg`, path);
    else {
      const from = 3 * Math.floor(k * width / files); // starts elsewhere, and so shows another direction
      const turned = new Uint8Array(pixels.length);
      turned.set(pixels.subarray(from));
      turned.set(pixels.subarray(0, from), pixels.length - from);
      await sharp(turned, { raw }).jpeg({ quality: 90 }).toFile(path);
    }
  }
}
