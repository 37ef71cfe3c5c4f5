import { deepEqual, equal, ok } from "node:assert/strict";
import { readNpy } from "../../trainer/formats/npy.ts";
import { findStudent } from "../../trainer/models/student.ts";
import { ROOT, runDeno } from "../helpers/command.ts";
import { ignoreWithout } from "../helpers/permissions.ts";
import { pytorchZip } from "../helpers/pytorch_writer.ts";
import { filledWeights, stateDict } from "../helpers/student_weights.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { smoothRgb } from "./smooth_panorama.ts";

const reference = new URL("../../../shared/reference/07_unifuse", import.meta.url);
const need = ignoreWithout({
  write: true,
  run: true,
  env: true,
  sys: true,
  ffi: true,
  paths: [reference],
});

/**
 * What a picture of 8 bits moves the reference's output by: `eval_u8.max_abs_change_vs_float_input`. Its loader rounds the cube's
 * faces to 8 bits too, which ours does not, so that the two sets of numbers are this far from each other at most.
 */
const BITS = 0.0071;

Deno.test({
  name: "import and predict give the reference's disparity, through files" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const { default: sharp } = await import("sharp");
    await using folder = await temporaryFolder();
    const at = (name: string): string => `${folder.path}/${name}`;
    const run = async (task: string, ...args: string[]): Promise<void> => {
      const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
      const { code, stderr } = await runDeno([
        ...tasks[task].command.split(/\s+/).slice(2),
        ...args,
      ]);
      equal(code, 0, stderr);
    };
    const weights = filledWeights(findStudent("unifuse"), { width: 1 }, "S7o");
    await Deno.writeFile(at("release.pth"), pytorchZip(stateDict(weights, "module.")));
    const rgb = smoothRgb(64, 128, 0);
    const bytes = Uint8Array.from(
      { length: rgb.length },
      (_, i) => Math.floor(rgb[(i % 3) * 8192 + Math.floor(i / 3)]! * 255 + 0.5),
    );
    await sharp(bytes, { raw: { width: 128, height: 64, channels: 3 } }).png().toFile(at("a.png"));
    await run("import", at("release.pth"), "--output", at("c.safetensors"));
    const how = ["--height", "64", "--rotations", "1", "--npy"];
    await run(
      "predict",
      at("a.png"),
      "--checkpoint",
      at("c.safetensors"),
      "--output",
      at("out"),
      ...how,
    );
    const { shape, data } = await readNpy(at("out/a-disparity.npy"));
    deepEqual(shape, [64, 128]);
    for (const name of ["main_64x128_eval", "main_64x128_eval_u8"]) {
      const { data: wanted } = await readNpy(
        new URL(`07_unifuse/${name}.npy`, new URL("./", reference)).pathname,
      );
      const apart = Math.max(
        ...Array.from(data as Float32Array, (v, p) => Math.abs(v - Number(wanted[p]))),
      );
      ok(apart < BITS, `${name}: ${apart}`);
    }
  },
});
