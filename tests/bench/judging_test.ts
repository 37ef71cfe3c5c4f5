import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { writeSafetensors } from "../../trainer/formats/safetensors_file.ts";
import { impostor } from "../helpers/impostor.ts";
import { ignoreWithout } from "../helpers/permissions.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { typescript } from "./contestant_process.ts";
import { judge } from "./judging.ts";
import { writeMaterial } from "./material.ts";
import type { NetworkWork } from "./work.ts";

const need = ignoreWithout({ read: true, write: true, run: true, env: true });
const work: NetworkWork = {
  kind: "training",
  network: "equirect-half",
  batch: 1,
  height: 64,
  width: 0.25,
};

/** Numbers that go through this network's 17 ReLUs: 1 at 32x64, 4 at each of 16x32 to 2x4, with 16 to 128 channels. */
const cut = 16 * 32 * 64 + 4 * (16 * 16 * 32 + 32 * 8 * 16 + 64 * 4 * 8 + 128 * 2 * 4);

/** Judges somebody off by 1 %, who is off by `left` once he is given sides. */
async function judgeOneOff(left: number) {
  await using folder = await temporaryFolder();
  const path = (name: string) => `${folder.path}/${name}.safetensors`;
  const write = (name: string, error: number) =>
    writeSafetensors(path(name), [
      ["d weight", { shape: [2], data: Float32Array.of(3, 4 + 5 * error) }],
    ]);
  await write("own", 0);
  await write("off", 0.01);
  await write("left", left);
  const start = await impostor(folder.path, {
    open: 'say({ kind: "opened", versions: {} })',
    check: `const text = request.sides ? Deno.readTextFileSync(request.sides) : "";
      const named = ["relu 0", "relu 16", "prediction"].every((name) => text.includes('"' + name + '"'));
      Deno.copyFileSync("${path("left")}", request.to);
      say({ kind: "checked", ...(named ? { otherwise: 2 } : {}) })`,
  });
  return await judge(work, await writeMaterial(folder.path, work), {
    start: typescript("own"),
    result: path("own"),
  }, { start, result: path("off"), threads: 1, takesSides: true });
}

Deno.test({
  name: "judge() takes other ReLUs for chance where nothing is left on one side" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const { difference, sides, wrong } = await judgeOneOff(5e-5);
    equal(difference.error.toFixed(4), "0.0100");
    deepEqual([sides!.otherwise, sides!.of, wrong], [2, cut, undefined]);
    ok(sides!.difference.error > 4e-5 && sides!.difference.error < 6e-5);
  },
});

Deno.test({
  name: "judge() finds wrong what is off on one side of all thresholds too" + need.suffix,
  ignore: need.ignore,
  async fn() {
    await rejects(
      judgeOneOff(5e-4),
      /it computes something else: ".*" is off by Infinity at a small size/,
    );
  },
});
