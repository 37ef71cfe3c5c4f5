import { deepEqual, equal, ok } from "node:assert/strict";
import { type NpyData, readNpy } from "../../trainer/formats/npy.ts";
import { findStudent } from "../../trainer/models/student.ts";
import { runDeno, taskWords } from "../helpers/command.ts";
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

/** Of the output, by the reference's README: `eval output 2e-5`. */
const TOLERANCE = 2e-5;

/**
 * What a picture of 8 bits moves the output by: `eval_u8.max_abs_change_vs_float_input`. The loader of the released code rounds
 * the cube's faces to 8 bits too, which ours does not, so that pictures of 8 bits are this far from either set of numbers.
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
      const { code, stderr } = await runDeno([...taskWords(task), ...args]);
      equal(code, 0, stderr);
    };
    const weights = filledWeights(findStudent("unifuse"), { width: 1 }, "S7o");
    await Deno.writeFile(at("release.pth"), pytorchZip(stateDict(weights, "module.")));
    const rgb = smoothRgb(64, 128, 0);
    const picture = (white: number) =>
      Array.from(
        { length: rgb.length },
        (_, i) => Math.round(rgb[(i % 3) * 8192 + Math.floor(i / 3)]! * white),
      );
    const raw = { width: 128, height: 64, channels: 3 as const };
    await sharp(Uint8Array.from(picture(255)), { raw }).png().toFile(at("bytes.png"));
    await sharp(Uint16Array.from(picture(65535)), { raw }).toColourspace("rgb16").png()
      .toFile(at("deep.png"));
    await run("import", at("release.pth"), "--output", at("c.safetensors"));
    const how = ["--height", "64", "--rotations", "1", "--npy"];
    await run(
      "predict",
      at("bytes.png"),
      at("deep.png"),
      "--checkpoint",
      at("c.safetensors"),
      "--output",
      at("out"),
      ...how,
    );
    const { shape, data: deep } = await readNpy(at("out/deep-disparity.npy"));
    const { data: bytes } = await readNpy(at("out/bytes-disparity.npy"));
    deepEqual(shape, [64, 128]);
    const wanted = async (name: string) =>
      (await readNpy(new URL(`07_unifuse/${name}.npy`, new URL("./", reference)).pathname)).data;
    const apart = (a: NpyData, b: NpyData): number =>
      Math.max(...Array.from(a as Float32Array, (v, p) => Math.abs(v - Number(b[p]))));
    const floats = await wanted("main_64x128_eval");
    const fine = apart(deep, floats);
    ok(fine < TOLERANCE + BITS / 257, `16 bits: ${fine}`); // rounded 257 times less
    for (const numbers of [floats, await wanted("main_64x128_eval_u8")]) {
      const coarse = apart(bytes, numbers);
      ok(coarse < BITS, `8 bits: ${coarse}`);
    }
  },
});
