/**
 * `deno task rooms`: contact sheets of the procedural scenes.
 *
 * @module
 */
import { depthBytes, rgbBytes, writeSheet } from "../data/rooms/contact_sheet.ts";
import {
  makeScene,
  RoomRenderer,
  type Split,
  splitRanges,
  type Style,
  styles,
} from "../data/rooms/rooms.ts";
import { openGpu } from "../gpu/device.ts";
import { execute, UsageError, wholeNumber } from "./command.ts";

const help =
  `Draws contact sheets of the procedural scenes: panoramas, each with its distance (light is near, black has none).

Usage: deno task rooms --output DIR [--style S] [--count N] [--seed N]

  --output DIR  folder for rooms-<style>.png
  --style S     one style of ${styles.join(", ")} (default: all)
  --count N     scenes in a sheet (default 8)
  --seed N      decides the scenes (default 0)
  --split S     train, val or test (default train)
  --height N    pixels of a panorama's height (default 152)
  --samples N   rays a pixel (default 6)

Examples:
  deno task rooms --output tests/pictures
  deno task rooms --output /tmp/rooms --style street --count 12 --height 256`;

const options = {
  output: { type: "string" },
  style: { type: "string" },
  count: { type: "string", default: "8" },
  seed: { type: "string", default: "0" },
  split: { type: "string", default: "train" },
  height: { type: "string", default: "152" },
  samples: { type: "string", default: "6" },
} as const;

const level = [1, 0, 0, 0, 1, 0, 0, 0, 1];

const code = await execute({
  help,
  options,
  async run(values) {
    if (!values.output) throw new UsageError("--output is missing: expected a folder");
    const style = values.style as Style | undefined;
    if (style !== undefined && !styles.includes(style)) {
      throw new UsageError(`--style is "${style}": expected one of ${styles.join(", ")}`);
    }
    const split = values.split as Split;
    if (!Object.hasOwn(splitRanges, split)) {
      throw new UsageError(`--split is "${split}": expected train, val or test`);
    }
    const count = wholeNumber("count", values.count, 1);
    const seed = wholeNumber("seed", values.seed);
    const height = wholeNumber("height", values.height, 16);
    const samples = wholeNumber("samples", values.samples, 1);
    await Deno.mkdir(values.output, { recursive: true });
    const renderer = await RoomRenderer.open(await openGpu());
    const size = { width: 2 * height, height, samples };
    const pixels = 2 * height * height;
    for (const name of style ? [style] : styles) {
      const tiles: Uint8Array[] = [];
      for (let index = 0; index < count; index++) {
        const scene = makeScene({ seed, style: name, split, index });
        const images = await renderer.readback(
          [{ scene, projection: "equirect", rotation: level }],
          size,
        );
        tiles.push(rgbBytes(images, 0, pixels), depthBytes(images, 0, pixels, scene.range));
      }
      const path = `${values.output}/rooms-${name}.png`;
      await writeSheet(path, tiles, size.width, height, 4);
      console.log(path);
    }
    renderer.destroy();
    return 0;
  },
}, Deno.args);
Deno.exit(code);
