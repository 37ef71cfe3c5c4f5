import { deepEqual, equal, match, ok } from "node:assert/strict";
import { validateBytes } from "gltf-validator";
import { EXRLoader } from "three/addons/loaders/EXRLoader.js";
import { PLYLoader } from "three/addons/loaders/PLYLoader.js";
import { writeWeights } from "../trainer/checkpoints/write_weights.ts";
import { readNpy } from "../trainer/formats/npy.ts";
import { findStudent } from "../trainer/models/student.ts";
import { assertClose } from "./helpers/assert_close.ts";
import { type Outcome, ROOT, runDeno, runProcess } from "./helpers/command.ts";
import { ignoreWithout } from "./helpers/permissions.ts";
import { pytorchZip } from "./helpers/pytorch_writer.ts";
import { filledWeights, stateDict } from "./helpers/student_weights.ts";
import { temporaryFolder } from "./helpers/temporary_folder.ts";

const need = ignoreWithout({ read: true, write: true, run: true, env: true, sys: true, ffi: true });
const { default: sharp } = need.ignore ? { default: undefined! } : await import("sharp");
const weights = filledWeights(findStudent("unifuse"), { width: 0.0625 });

/** Runs `deno task predict` with the permissions of the task. */
function predict(args: readonly string[]): Promise<Outcome> {
  return runDeno(predictWords(args));
}

function predictWords(args: readonly string[]): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
  return [...tasks.predict.command.split(/\s+/).slice(2), ...args];
}

interface Place {
  readonly folder: string;
  readonly checkpoint: string;
}

function test(name: string, use: (place: Place) => Promise<void>): void {
  Deno.test({
    name: name + need.suffix,
    ignore: need.ignore,
    async fn() {
      await using temporary = await temporaryFolder();
      const checkpoint = `${temporary.path}/c.safetensors`;
      await writeWeights(checkpoint, weights, { metadata: { height: "64" }, half: false });
      await use({ folder: temporary.path, checkpoint });
    },
  });
}

/** A panorama with waves and a bright box, another with every `turn`. */
function picture(width: number, height: number, turn = 0) {
  const raw = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const p = Math.floor(i / 3);
    const [u, v] = [p % width / width, Math.floor(p / width) / height];
    const box = u > 0.3 && u < 0.4 && v > 0.4 && v < 0.7 ? 80 : 0;
    return 110 + box +
      60 * Math.sin(2 * Math.PI * (u * (1 + i % 3) + turn)) * Math.sin(Math.PI * v);
  });
  return sharp(raw, { raw: { width, height, channels: 3 } });
}

/** Names below a folder, sorted. */
function listing(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

async function floats(path: string): Promise<Float32Array> {
  return (await readNpy(path)).data as Float32Array;
}

test("predict writes every output, and goes on after files that cannot be used", async ({ folder, checkpoint }) => {
  const [photos, output] = [`${folder}/photos`, `${folder}/depth`];
  await Deno.mkdir(photos);
  await picture(192, 96).jpeg().toFile(`${photos}/good.jpg`);
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
  const disparity = await readNpy(`${at}-disparity.npy`);
  deepEqual(disparity.shape, [96, 192]);
  const values = disparity.data as Float32Array;
  ok(values.every((value) => value > 0 && value < 10));
  ok(Math.max(...values) > 1.02 * Math.min(...values));
  const rows = Array.from({ length: 96 }, (_, y) => y * 192);
  const jumps = Array.from(
    { length: 192 },
    (_, x) =>
      rows.reduce((sum, y) => sum + Math.abs(values[y + x]! - values[y + (x + 1) % 192]!), 0),
  );
  const seam = jumps.pop()!;
  const usual = jumps.sort((a, b) => a - b)[Math.floor(0.9 * jumps.length)]!;
  ok(seam < usual, `left and right edge agree: ${seam}, ${usual} elsewhere`);

  const distance = await floats(`${at}-distance.npy`);
  const scale = distance[0]! * values[0]!;
  assertClose(distance, values.map((d) => scale / d));
  const nearer = distance.reduce(
    (sum, d, p) =>
      sum + (d < 2.5 ? Math.cos(((Math.floor(p / 192) + 0.5) / 96 - 0.5) * Math.PI) : 0),
    0,
  );
  const sphere = rows.reduce(
    (sum, _, y) => sum + 192 * Math.cos(((y + 0.5) / 96 - 0.5) * Math.PI),
    0,
  );
  assertClose([nearer / sphere], [0.5], { atol: 0.04 });

  for (const [name, wanted] of [["disparity", values], ["distance", distance]] as const) {
    const loader = new EXRLoader();
    loader.type = 1015; // three.FloatType
    const { width, height, data } = loader.parse((await Deno.readFile(`${at}-${name}.exr`)).buffer);
    const stride = data.length / (width * height);
    const upright = wanted.map((_, p) =>
      data[((height - 1 - Math.floor(p / width)) * width + p % width) * stride]
    );
    deepEqual(upright, wanted);
  }
  const deep = sharp(`${at}-disparity16.png`);
  const { comments, depth } = await deep.metadata();
  equal(depth, "ushort");
  const told = Object.fromEntries(comments!.map(({ keyword, text }) => [keyword, text]));
  const raw = await deep.toColourspace("grey16").raw({ depth: "ushort" }).toBuffer();
  const [far, near] = [Number(told.Far), Number(told.Near)];
  const back = Float32Array.from(
    new Uint16Array(raw.buffer, raw.byteOffset, 192 * 96),
    (v) => far + (v - 1) / 65534 * (near - far),
  );
  assertClose(back, values, { atol: (near - far) / 65000 });
  assertClose([Number(told.Scale)], [scale]);

  const cloud = new PLYLoader().parse((await Deno.readFile(`${at}-points.ply`)).buffer);
  equal(cloud.getAttribute("position").count, 48 * 96);
  const { issues, info } = await validateBytes(await Deno.readFile(`${at}-mesh.glb`));
  deepEqual([issues.numErrors, issues.numWarnings], [0, 0]);
  ok(info.totalTriangleCount > 4000 && info.totalTriangleCount <= 2 * 96 * 47);
  for (const name of ["disparity", "normals"]) {
    const { width, height, channels } = await sharp(`${at}-${name}.png`).metadata();
    deepEqual([width, height, channels], [192, 96, 3]);
  }
});

test("predict places crops by GPano and other ratios by --pad, from a .pth", async ({ folder }) => {
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

test("predict keeps one range and scale over a sequence, without its broken frame", async ({ folder, checkpoint }) => {
  await Deno.mkdir(`${folder}/checkpoints`); // as a run folder
  await Deno.rename(checkpoint, `${folder}/checkpoints/step-00000007.safetensors`);
  await Deno.writeTextFile(`${folder}/checkpoints/latest`, "step-00000007.safetensors\n");
  await Deno.writeTextFile(`${folder}/config.json`, "{}");
  const frames = `${folder}/frames`;
  await Deno.mkdir(frames);
  for (let t = 8; t < 12; t++) await picture(128, 64, t / 40).png().toFile(`${frames}/f${t}.png`);
  await Deno.writeTextFile(`${frames}/f9.png`, "torn");
  await picture(192, 96).png().toFile(`${frames}/f12.png`);
  const args = [frames, "--checkpoint", folder, "--output", `${folder}/out`, "--maps", "--npy"];
  const { code, stdout } = await predict([...args, "--sequence", "--median-distance", "3"]);
  equal(code, 1);
  match(stdout, /^failed {6}.*f9\.png: it is not an image of a known format$/m);
  match(
    stdout,
    /^failed {6}.*f12\.png: its size is 192x96: the first frame's is 128x64, and all need the same$/m,
  );
  match(stdout, /^3 of 5 predicted$/m);
  const told = await Promise.all(
    [8, 10, 11].map(async (t) =>
      (await sharp(`${folder}/out/f${t}-disparity16.png`).metadata()).comments
    ),
  );
  deepEqual(told[1], told[0]);
  deepEqual(told[2], told[0]);
  const scales = await Promise.all([8, 10].map(async (t) => {
    const [d] = await floats(`${folder}/out/f${t}-disparity.npy`);
    return d! * (await floats(`${folder}/out/f${t}-distance.npy`))[0]!;
  }));
  assertClose([scales[1]!], [scales[0]!]);
});

test("predict --sequence leaves nothing in the temporary folder when it is interrupted", async ({ folder, checkpoint }) => {
  const temporary = `${folder}/tmp`;
  await Deno.mkdir(temporary);
  const frames = Array.from({ length: 60 }, (_, t) => `${folder}/f${t}.png`);
  for (const [t, path] of frames.entries()) await picture(128, 64, t / 60).png().toFile(path);
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      ...predictWords([
        ...frames,
        "--checkpoint",
        checkpoint,
        "--output",
        `${folder}/out`,
        "--sequence",
      ]),
    ],
    cwd: ROOT,
    env: { TMPDIR: temporary, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let [said, killed] = ["", false];
  for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (killed || !said.includes("panorama 0/60")) continue; // the first frame is predicted
    process.kill("SIGINT");
    killed = true;
  }
  const { signal } = await process.status;
  equal(signal, "SIGINT", said);
  deepEqual(listing(temporary), []);
});

Deno.test({
  name: "predict needs no more than a photo: the shipped student, a folder in the working folder" +
    need.suffix,
  ignore: need.ignore,
  async fn() {
    await using temporary = await temporaryFolder();
    await picture(256, 128).jpeg().toFile(`${temporary.path}/photo.jpg`);
    const words = predictWords([`${temporary.path}/photo.jpg`])
      .map((word) => word.endsWith("predict.ts") ? `${ROOT}/${word}` : word);
    const cwd = temporary.path;
    const { code, stderr } = await runProcess(Deno.execPath(), ["run", ...words], { cwd });
    equal(code, 0, stderr);
    match(stderr, /weights\/student\.safetensors\nstudent +unifuse, width 0\.25/);
    deepEqual(listing(`${temporary.path}/predictions`), ["photo-disparity.png"]);
  },
});

const base = ["a.jpg", "--checkpoint", "c.safetensors", "--output", "out"];
const wrong: Record<string, [args: string[], says: RegExp]> = {
  "no input": [base.slice(1), /No INPUT is given: name panoramas, folders or globs/],
  "an empty checkpoint": [
    [...base, "--checkpoint", ""],
    /--checkpoint is "": name a run folder of deno task train, .* ships with this program/,
  ],
  "an empty output": [[...base, "--output", ""], /--output is "": name a folder for the results/],
  "two scales": [
    [...base, "--scale", "2", "--median-distance", "3"],
    /both tell the scale: give one/,
  ],
  "a negative scale": [[...base, "--scale=-2"], /--scale is "-2": expected a positive number/],
  "a shift that is no number": [[...base, "--shift", "x"], /--shift is "x": expected a number/],
  "no rotations": [
    [...base, "--rotations", "0"],
    /--rotations is "0": expected a whole number of at least 1/,
  ],
  "a height between two": [
    [...base, "--height", "100"],
    /--height is "100": expected a multiple of 64/,
  ],
  "smoothing of single images": [[...base, "--smooth", "3"], /--smooth belongs to --sequence/],
};

for (const [what, [args, says]] of Object.entries(wrong)) {
  test(`predict refuses ${what} with exit code 2`, async () => {
    const { code, stdout, stderr } = await predict(args);
    match(stderr, says);
    deepEqual([code, stdout], [2, ""]);
  });
}

test("predict says what is wrong with a checkpoint, with exit code 1", async ({ folder }) => {
  const bad = async (checkpoint: string): Promise<string> => {
    const { code, stderr } = await predict([
      "a.jpg",
      "--checkpoint",
      checkpoint,
      "--output",
      "out",
    ]);
    equal(code, 1);
    return stderr;
  };
  match(await bad(`${folder}/none.pth`), /Cannot read ".*none\.pth": there is no such file/);
  match(await bad(folder), /Cannot use ".*" as it is not a run folder: it has no config\.json/);
  await Deno.writeTextFile(`${folder}/config.json`, "{}");
  match(await bad(folder), /Cannot use ".*" as it has no checkpoint yet: let it train further/);
});
