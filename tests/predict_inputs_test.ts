import { deepEqual, equal, match, ok } from "node:assert/strict";
import { PLYLoader } from "three/addons/loaders/PLYLoader.js";
import { assertClose } from "./helpers/assert_close.ts";
import { ROOT, runProcess, taskWords } from "./helpers/command.ts";
import { floats, listing, need, picture, predict, weights } from "./helpers/predict_command.ts";
import { pytorchZip } from "./helpers/pytorch_writer.ts";
import { stateDict } from "./helpers/student_weights.ts";
import { folderTests } from "./helpers/temporary_folder.ts";

const test = folderTests(need);
const { default: sharp } = need.ignore ? { default: undefined! } : await import("sharp"); // wants permissions to load

test("predict needs no more than a photo: the shipped student, a folder in the working folder", async (folder) => {
  await picture(256, 128).jpeg().toFile(`${folder}/photo.jpg`);
  const words = taskWords("predict")
    .map((word) => word.endsWith("predict.ts") ? `${ROOT}/${word}` : word);
  const args = ["run", ...words, `${folder}/photo.jpg`];
  const { code, stderr } = await runProcess(Deno.execPath(), args, { cwd: folder });
  equal(code, 0, stderr);
  match(stderr, /weights\/student\.safetensors\nstudent +unifuse, width 0\.25/);
  deepEqual(listing(`${folder}/predictions`), ["photo-disparity.png"]);
});

test("predict opens no checkpoint and no GPU when no image is found", async (folder) => {
  const { code, stdout, stderr } = await predict([folder]);
  deepEqual([code, stderr], [1, ""]);
  match(stdout, /^failed {6}.*: it has no images \(jpg, .*\)\n0 of 1 predicted\n$/);
});

test("predict places crops by GPano and other ratios by --pad, from a .pth", async (folder) => {
  await Deno.writeFile(`${folder}/c.pth`, pytorchZip(stateDict(weights)));
  const whole = await picture(256, 128).png().toBuffer();
  await Deno.writeFile(`${folder}/whole.png`, new Uint8Array(whole));
  const ns = 'xmlns:GPano="http://ns.google.com/photos/1.0/panorama/"';
  const gpano = Object.entries({
    FullPanoWidthPixels: 256,
    FullPanoHeightPixels: 128,
    CroppedAreaImageWidthPixels: 256,
    CroppedAreaImageHeightPixels: 100,
    CroppedAreaLeftPixels: 0,
    CroppedAreaTopPixels: 10,
  }).map(([key, value]) => `GPano:${key}="${value}"`).join(" ");
  const xmp =
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description ${ns} ${gpano}/></rdf:RDF></x:xmpmeta>`;
  const strip = { left: 0, top: 10, width: 256, height: 100 };
  await sharp(whole).extract(strip).withXmp(xmp).png().toFile(`${folder}/crop.png`);
  await sharp(whole).extract({ ...strip, top: 14 }).png().toFile(`${folder}/strip.png`);
  const { code, stderr, stdout } = await predict([
    ...["whole", "crop", "strip"].map((name) => `${folder}/${name}.png`),
    "--checkpoint",
    `${folder}/c.pth`,
    "--height",
    "64",
    "--output",
    `${folder}/out`,
    "--npy",
    "--ply",
    "--pad",
    "--json",
  ]);
  equal(code, 0, stderr);
  match(
    stderr,
    /^scale {7}unknown: the median distance is 1; tell it with --scale or --median-distance$/m,
  );
  const { predicted, failed } = JSON.parse(stdout);
  deepEqual([predicted.length, failed], [3, []]);
  deepEqual(
    predicted[1].written,
    ["disparity.npy", "points.ply"].map((end) => `${folder}/out/crop-${end}`),
  );
  const all = await floats(`${folder}/out/whole-disparity.npy`);
  for (const [name, top] of [["crop", 10], ["strip", 14]] as const) {
    const part = await floats(`${folder}/out/${name}-disparity.npy`);
    equal(part.length, 256 * 100);
    const there = all.subarray(256 * top, 256 * (top + 100));
    const mean = (f: ArrayLike<number>) => Array.from(f).reduce((sum, v) => sum + v / f.length, 0);
    const [a, b] = [mean(part), mean(there)];
    const along = part.reduce((sum, v, p) => sum + (v - a) * (there[p]! - b), 0);
    const size = (f: Float32Array, m: number) =>
      Math.sqrt(f.reduce((sum, v) => sum + (v - m) ** 2, 0));
    ok(along / size(part, a) / size(there, b) > 0.6, `${name} looks like that part of the whole`);
  }
  const points = new PLYLoader().parse(
    (await Deno.readFile(`${folder}/out/crop-points.ply`)).buffer,
  );
  equal(points.getAttribute("position").count, 256 * 100);
  const steepest = (sign: number) =>
    Array.from({ length: points.getAttribute("position").count }, (_, i) => {
      const [x, y, z] = points.getAttribute("position").array.subarray(3 * i, 3 * i + 3);
      return sign * y / Math.hypot(x, y, z);
    }).reduce((a, b) => Math.max(a, b));
  // rows 10 to 109 of 128: more of the ceiling is seen than of the floor
  assertClose(
    [steepest(1), steepest(-1)],
    [10.5, 18.5].map((row) => Math.cos(row / 128 * Math.PI)),
    { rtol: 1e-4 },
  );
});
