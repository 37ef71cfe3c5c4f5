import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { TrainConfig } from "../config/schema.ts";
import type { Gpu } from "../gpu/device.ts";
import { defaultTiles, tileSetting } from "../kernels/conv2d_tile_choice.ts";
import { recordedTiles, tunedTiles } from "./tiled_gpu.ts";
import { surveyTiles, type TimeTiles } from "./tile_tuner.ts";

const inFolder = folderTests(ignoreWithout({ read: true, write: true, sys: true }));

function test(name: string, use: (gpu: Gpu, cache: string) => Promise<void> | void): void {
  inFolder(name, async (cache) => await use({ ...await testGpu(), kind: "gpu" }, cache));
}

function configured(tune: TrainConfig["tune"]): TrainConfig {
  const batch = { labeled: 1, unlabeled: 1 };
  return resolveConfig({ flags: { height: 64, batch, student: { width: 0.25 }, tune } });
}

/** The last setting is the fastest. */
const last: TimeTiles = (_pass, _shape, names) => Promise.resolve(names.map((_, i) => 1 / (i + 1)));
const never: TimeTiles = () => Promise.reject(new Error("the clock stands"));

test(
  "tunedTiles() times once an adapter, and takes what it chose from then on",
  async (gpu, cache) => {
    const config = configured("auto");
    const first = await tunedTiles(gpu, config, cache, last);
    match(first.said.join("\n"), /^tiles +of (\d+) of \1 kinds of convolutions timed in \d+ s$/);
    const [key, { pass, shape }] = [...surveyTiles(gpu, config)][0]!;
    const setting = first.gpu.tiles!(pass, shape);
    deepEqual(setting, tileSetting(pass, first.tiles![key]!));
    equal(setting.columns * setting.rows > 64, true);
    const again = await tunedTiles(gpu, config, cache, never);
    deepEqual(again.tiles, first.tiles);
    match(again.said.join("\n"), /^tiles +of \d+ kinds of convolutions from .*\.json$/);

    const [file] = [...Deno.readDirSync(`${cache}/tiles`)];
    await Deno.writeTextFile(`${cache}/tiles/${file!.name}`, "{");
    const mended = await tunedTiles(gpu, config, cache, last);
    deepEqual(mended.tiles, first.tiles);
    match(mended.said.join("\n"), /^Ignored ".*" as it is not JSON: .*\ntiles +of .* timed in/);
    deepEqual((await tunedTiles(gpu, config, cache, never)).said, again.said);
  },
);

test("tunedTiles() is for GPUs, unless it is always", async (gpu, cache) => {
  const software: Gpu = { ...gpu, kind: "cpu" };
  for (const tune of ["auto", "off"] as const) {
    deepEqual(await tunedTiles(software, configured(tune), cache, never), {
      gpu: software,
      said: [],
    });
  }
  const always = await tunedTiles(software, configured("always"), cache, last);
  equal(Object.keys(always.tiles!).length > 10, true);
  const off = await tunedTiles(gpu, configured("off"), cache, never);
  deepEqual([off.tiles, off.said], [{}, []]);
});

test(
  "tunedTiles() says what to do where nothing can be timed, and goes on without a file",
  async (gpu, cache) => {
    await rejects(
      tunedTiles(gpu, configured("auto"), cache, never),
      /^Error: Cannot choose tiles of convolutions: the clock stands; --set tune=off trains with/,
    );
    await Deno.writeTextFile(`${cache}/tiles`, "a file where a folder should be");
    const { tiles, said } = await tunedTiles(gpu, configured("auto"), cache, last);
    equal(Object.keys(tiles!).length > 10, true);
    match(said.join("\n"), /timed in \d+ s\nThe next training will time them again: Cannot write/);
  },
);

test("recordedTiles() takes those of the record that the adapter can run", (gpu) => {
  const [key, { pass, shape }] = [...surveyTiles(gpu, configured("auto"))]
    .find(([, { pass }]) => pass === "forward")!;
  const lesser = {
    ...gpu,
    limits: { maxComputeInvocationsPerWorkgroup: 256, maxComputeWorkgroupStorageSize: 16384 },
  } as Gpu;
  const tiles = { [key]: "16x16x4" };
  const on = recordedTiles(lesser, { tune: "off" }, tiles);
  deepEqual(on.gpu.tiles!(pass, shape), tileSetting(pass, "16x16x4"));
  deepEqual([on.tiles, on.said], [tiles, []]);
  for (const name of ["16x16x8", "7x7x7"]) {
    const { gpu: { tiles }, said } = recordedTiles(lesser, { tune: "auto" }, { [key]: name });
    deepEqual(tiles!(pass, shape), defaultTiles(pass));
    match(said.join("\n"), /^tiles +of 1 of 1 kinds of convolutions cannot be run here: /);
  }
  const software: Gpu = { ...gpu, kind: "cpu" };
  equal(recordedTiles(software, { tune: "auto" }, tiles).gpu, software);
});
