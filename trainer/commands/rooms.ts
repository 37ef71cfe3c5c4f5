/**
 * `deno task rooms`: contact sheets of the procedural scenes.
 *
 * @module
 */
import {
  makeScene,
  RoomRenderer,
  type Split,
  splitRanges,
  type Style,
  styles,
} from "../data/rooms/rooms.ts";
import { writeFileAtomic } from "../formats/atomic_file.ts";
import { folderPath } from "../formats/folder_path.ts";
import { colorTile, contactSheet, distanceTile, type Tile } from "../formats/picture.ts";
import { encodePng } from "../formats/picture_file.ts";
import { openGpu } from "../gpu/device.ts";
import { execute, UsageError, wholeNumber } from "./command.ts";

const help =
  `Draws contact sheets of the procedural scenes: panoramas, each with its distance (light is near, grey has none).

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

/** Panoramas in a row, each with its distance beside it. */
const perRow = 2;

/** Of a sheet's palette: a repository can keep sheets of a third of the size. */
const colors = 128;

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
    const renderer = await RoomRenderer.open(await openGpu());
    const size = { width: 2 * height, height, samples };
    for (const name of style ? [style] : styles) {
      const rows: Tile[][] = [];
      for (let index = 0; index < count; index++) {
        const scene = makeScene({ seed, style: name, split, index });
        const view = { scene, projection: "equirect", rotation: level } as const;
        const { rgb, distance } = await renderer.readback([view], size);
        if (index % perRow === 0) rows.push([]);
        rows.at(-1)!.push(
          colorTile(rgb, size.width, height),
          distanceTile(distance, size.width, height),
        );
      }
      const path = `${folderPath(values.output)}/rooms-${name}.png`;
      await writeFileAtomic(path, await encodePng(contactSheet(rows, { gap: 2 }), colors));
      console.log(path);
    }
    renderer.destroy();
    return 0;
  },
}, Deno.args);
Deno.exit(code);
