import { deepEqual, equal, match, ok } from "node:assert/strict";
import { validateBytes } from "gltf-validator";
import { EXRLoader } from "three/addons/loaders/EXRLoader.js";
import { PLYLoader } from "three/addons/loaders/PLYLoader.js";
import { readNpy } from "../trainer/formats/npy.ts";
import { assertClose } from "./helpers/assert_close.ts";
import { floats, listing, need, picture, predict, test } from "./helpers/predict_command.ts";

const { default: sharp } = need.ignore ? { default: undefined! } : await import("sharp"); // wants permissions to load
const [width, height] = [192, 96];

test("predict writes every output, and goes on after files that cannot be used", async ({ folder, checkpoint }) => {
  const [photos, output] = [`${folder}/photos`, `${folder}/depth`];
  await Deno.mkdir(photos);
  await picture(width, height).jpeg().toFile(`${photos}/good.jpg`);
  await picture(200, 60).png().toFile(`${photos}/wide.png`);
  const jpeg = await picture(400, 200).jpeg().toBuffer();
  await Deno.writeFile(`${photos}/torn.jpg`, new Uint8Array(jpeg.subarray(0, 3000)));
  const kinds = ["--color", "--maps", "--exr", "--npy", "--ply", "--glb", "--normals"];
  const { code, stdout, stderr } = await predict([
    photos,
    `${folder}/none*.jpg`,
    "--checkpoint",
    checkpoint,
    "--output",
    output,
    ...kinds,
    "--median-distance",
    "2.5",
    "--rows",
    "48",
  ]);
  equal(code, 1, stderr);
  match(stderr, /^student {5}unifuse, width 0\.0625.*, at 64x128, 2 rotations, \d+ MiB$/m);
  match(stderr, /^scale {7}told: distances are in metres$/m);
  match(stderr, /^shift {7}unknown, 0 is taken: shapes are approximate; tell it with --shift$/m);
  match(stdout, /^failed {6}.*none\*\.jpg: it matches no image$/m);
  match(stdout, /^failed {6}.*torn\.jpg: it is damaged or cut off \(.+\)$/m);
  match(
    stdout,
    /^failed {6}.*wide\.png: width must be twice height: current size is 200x60; --pad/m,
  );
  match(
    stdout,
    /^.*good\.jpg {2}192x96 {2}[\d.]+ s {2}.*good-disparity\.png .*good-normals\.png$/m,
  );
  match(stdout, /^1 of 4 predicted$/m);
  deepEqual(listing(output), [
    "good-disparity.exr",
    "good-disparity.npy",
    "good-disparity.png",
    "good-disparity16.png",
    "good-distance.exr",
    "good-distance.npy",
    "good-mesh.glb",
    "good-normals.png",
    "good-points.ply",
  ]);

  const at = `${output}/good`;
  const { shape, data } = await readNpy(`${at}-disparity.npy`);
  deepEqual(shape, [height, width]);
  const disparity = data as Float32Array;
  ok(disparity.every((value) => value > 0 && value < 10));
  ok(Math.max(...disparity) > 1.02 * Math.min(...disparity));
  checkSeam(disparity);

  const distance = await floats(`${at}-distance.npy`);
  const scale = distance[0]! * disparity[0]!;
  assertClose(distance, disparity.map((d) => scale / d));
  assertClose([nearerThan(2.5, distance)], [0.5], { atol: 0.04 });

  deepEqual(await readExr(`${at}-disparity.exr`), disparity);
  deepEqual(await readExr(`${at}-distance.exr`), distance);
  const deep = await readDeepPng(`${at}-disparity16.png`);
  assertClose(deep.values, disparity, { atol: deep.step });
  assertClose([deep.scale], [scale]);

  const cloud = new PLYLoader().parse((await Deno.readFile(`${at}-points.ply`)).buffer);
  equal(cloud.getAttribute("position").count, 48 * 96);
  const { issues, info } = await validateBytes(await Deno.readFile(`${at}-mesh.glb`));
  deepEqual([issues.numErrors, issues.numWarnings], [0, 0]);
  ok(info.totalTriangleCount > 4000 && info.totalTriangleCount <= 2 * 96 * 47);
  for (const name of ["disparity", "normals"]) {
    const picture = await sharp(`${at}-${name}.png`).metadata();
    deepEqual([picture.width, picture.height, picture.channels], [width, height, 3]);
  }
});

/** The left and the right edge agree as well as columns side by side do. */
function checkSeam(values: Float32Array): void {
  const rows = Array.from({ length: height }, (_, y) => y * width);
  const jumps = Array.from(
    { length: width },
    (_, x) =>
      rows.reduce((sum, y) => sum + Math.abs(values[y + x]! - values[y + (x + 1) % width]!), 0),
  );
  const seam = jumps.pop()!;
  const usual = jumps.sort((a, b) => a - b)[Math.floor(0.9 * jumps.length)]!;
  ok(seam < usual, `left and right edge agree: ${seam}, ${usual} elsewhere`);
}

/** The part of the sphere that is nearer than so many metres. */
function nearerThan(metres: number, distance: Float32Array): number {
  const area = (p: number) => Math.cos(((Math.floor(p / width) + 0.5) / height - 0.5) * Math.PI);
  const sphere = distance.reduce((sum, _, p) => sum + area(p), 0);
  return distance.reduce((sum, d, p) => sum + (d < metres ? area(p) : 0), 0) / sphere;
}

/** The first channel, the top row first. */
async function readExr(path: string): Promise<Float32Array> {
  const loader = new EXRLoader();
  loader.type = 1015; // three.FloatType
  const { width, height, data } = loader.parse((await Deno.readFile(path)).buffer);
  const stride = data.length / (width * height);
  return Float32Array.from(
    { length: width * height },
    (_, p) => data[((height - 1 - Math.floor(p / width)) * width + p % width) * stride]!,
  );
}

/** Disparity by what the file tells of its range, how fine its steps are at least, and its scale. */
async function readDeepPng(path: string) {
  const file = sharp(path);
  const { comments, depth } = await file.metadata();
  equal(depth, "ushort");
  const told = Object.fromEntries(comments!.map(({ keyword, text }) => [keyword, text]));
  const raw = await file.toColourspace("grey16").raw({ depth: "ushort" }).toBuffer();
  const [far, near] = [Number(told.Far), Number(told.Near)];
  const values = Float32Array.from(
    new Uint16Array(raw.buffer, raw.byteOffset, width * height),
    (v) => far + (v - 1) / 65534 * (near - far),
  );
  return { values, step: (near - far) / 65000, scale: Number(told.Scale) };
}
