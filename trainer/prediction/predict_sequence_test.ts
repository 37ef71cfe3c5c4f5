import { deepEqual } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import type { PanoramaPredictor } from "./panorama_predictor.ts";

const test = folderTests(
  ignoreWithout({ read: true, write: true, env: true, sys: true, ffi: true }),
);
const height = 64;

/** Takes the red of a pixel for its disparity. */
const predictor = {
  height,
  predict: (rgba: Float32Array) =>
    Promise.resolve(Float32Array.from({ length: 2 * height * height }, (_, p) => 1 + rgba[4 * p]!)),
} as unknown as PanoramaPredictor;

const options = {
  outputs: ["npy", "maps"],
  space: { rows: 32, edge: 0.2 },
  scale: { medianDistance: 3 },
  pad: false,
  smooth: 2,
  jobs: 2,
} as const;

for (const odd of ["f0", "f2", "f9"]) {
  test(`A frame of another size changes nothing of the others of a sequence: ${odd}`, async (path) => {
    const { default: sharp } = await import("sharp");
    const { predictSequence } = await import("./predict_sequence.ts");
    const frame = (name: string, width: number, red: number) =>
      sharp({
        create: { width, height: width / 2, channels: 3, background: { r: red, g: 9, b: 9 } },
      })
        .png().toFile(`${path}/${name}.png`);
    const usual = ["f1", "f3", "f4", "f5"];
    for (const [i, name] of usual.entries()) await frame(name, 128, 60 + 10 * i);
    await frame(odd, 192, 250);
    const run = (names: readonly string[], output: string) =>
      predictSequence(
        predictor,
        names.map((name) => ({ path: `${path}/${name}.png`, name })),
        { ...options, output: `${path}/${output}` },
      );
    const results = await run([...usual, odd].sort(), "with");
    await run(usual, "without");
    deepEqual(results.flatMap(({ path: at, reason }) => reason ? [[at, reason]] : []), [
      [`${path}/${odd}.png`, "its size is 192x96: most frames are 128x64, and all need the same"],
    ]);
    const written = [...Deno.readDirSync(`${path}/without`)].map(({ name }) => name);
    deepEqual(written.length, 3 * usual.length);
    for (const name of written) {
      deepEqual(
        await Deno.readFile(`${path}/with/${name}`),
        await Deno.readFile(`${path}/without/${name}`),
        name,
      );
    }
  });
}
