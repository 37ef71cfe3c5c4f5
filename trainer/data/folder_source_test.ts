import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { Sharp } from "sharp";
import type { PanoramaSource } from "./panorama_source.ts";
import { parseSpec } from "./spec.ts";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { tiff } from "../../tests/helpers/tiff.ts";

const need = ignoreWithout({ read: true, write: true, env: true, sys: true, ffi: true });
const sharp = need.ignore ? undefined! : (await import("sharp")).default; // wants permissions to load
const test = folderTests(need);

/** A picture whose left half is `left` and right half `right`. */
function halves(width: number, height: number, left: number[], right: number[]): Sharp {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) rgb.set(i % width < width / 2 ? left : right, i * 3);
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

async function open(spec: string, cacheBytes?: number): Promise<PanoramaSource> {
  const { FolderSource } = await import("./folder_source.ts");
  return await FolderSource.open(parseSpec(spec), 32, { cacheBytes });
}

test("FolderSource reports unusable images by path and reason, and keeps the others in order", async (folder) => {
  await Deno.mkdir(`${folder}/sub`);
  const good = halves(256, 128, [200, 30, 10], [10, 200, 30]);
  await good.clone().jpeg().toFile(`${folder}/b.JPG`);
  await good.clone().png().toFile(`${folder}/sub/a.png`);
  await good.clone().webp().toFile(`${folder}/c.webp`);
  await good.clone().avif().toFile(`${folder}/d.avif`);
  await halves(255, 128, [1, 2, 3], [90, 2, 3]).png().toFile(`${folder}/e_one_off.png`);
  const jpeg = await good.clone().jpeg().toBuffer();
  await Deno.writeFile(`${folder}/truncated.jpg`, jpeg.subarray(0, jpeg.length >> 1));
  await halves(1000, 512, [9, 9, 9], [90, 2, 3]).jpeg().toFile(`${folder}/ratio.jpg`);
  await halves(128, 64, [0, 0, 0], [0, 0, 0]).jpeg().toFile(`${folder}/black.jpg`);
  await halves(128, 64, [7, 80, 7], [7, 80, 7]).png().toFile(`${folder}/flat.png`);
  await halves(32, 16, [0, 9, 0], [90, 0, 0]).png().toFile(`${folder}/tiny.png`);
  await Deno.writeTextFile(`${folder}/text.jpg`, "this is a text file");
  await Deno.writeFile(`${folder}/empty.png`, new Uint8Array());
  await Deno.writeTextFile(`${folder}/broken.exr`, "not an exr");
  await Deno.writeTextFile(`${folder}/readme.md`, "not an image name: ignored");
  await Deno.writeTextFile(`${folder}/.hidden.jpg`, "hidden: ignored");

  const source = await open(`folder:${folder}/`);
  equal(source.size, 5);
  const names = [];
  for (let i = 0; i < source.size; i++) names.push((await source.get(i)).name);
  deepEqual(names, ["b.JPG", "c.webp", "d.avif", "e_one_off.png", "sub/a.png"]);

  const reasons = new Map(
    source.report.map(({ path, reason }) => [path.slice(folder.length + 1), reason]),
  );
  equal(reasons.size, 8);
  ok(/damaged or cut off/.test(reasons.get("truncated.jpg")!));
  equal(reasons.get("ratio.jpg"), "width must be twice height: current size is 1000x512");
  equal(reasons.get("black.jpg"), "it is black everywhere");
  equal(reasons.get("flat.png"), "it is the same colour everywhere");
  equal(reasons.get("tiny.png"), "it must be at least 64x32: current size is 32x16");
  equal(reasons.get("text.jpg"), "it is not an image of a known format");
  equal(reasons.get("empty.png"), "it is empty");
  equal(reasons.get("broken.exr"), "it is not an image of a known format");

  const { rgba, width, height, mask } = await source.get(4);
  deepEqual([width, height, mask], [64, 32, undefined]);
  deepEqual([...rgba.subarray(10 * 4, 11 * 4)], [200, 30, 10, 255]);
  deepEqual([...rgba.subarray(50 * 4, 51 * 4)], [10, 200, 30, 255]);
});

test("FolderSource turns images as their EXIF orientation says", async (folder) => {
  // stored upright 64x128 with orientation 6 (turn right by 90 degrees): shown 128x64, stored top is shown right
  const rgb = new Uint8Array(64 * 128 * 3).map((_, i) => i < 64 * 64 * 3 ? 255 : 40);
  await sharp(rgb, { raw: { width: 64, height: 128, channels: 3 } }).withMetadata({
    orientation: 6,
  })
    .png().toFile(`${folder}/turned.png`);
  const { rgba } = await (await open(`folder:${folder}`)).get(0);
  ok(rgba[5 * 4]! < 60 && rgba[60 * 4]! > 200);
});

test("FolderSource reads masks beside images, in another folder and from transparency", async (folder) => {
  await Deno.mkdir(`${folder}/images/x`, { recursive: true });
  await Deno.mkdir(`${folder}/masks/x`, { recursive: true });
  const good = halves(128, 64, [200, 30, 10], [10, 200, 30]);
  const mask = halves(256, 128, [255, 255, 255], [0, 0, 0]);
  for (const name of ["images/beside.jpg", "images/x/other.jpg", "images/x/plain.jpg"]) {
    await good.clone().jpeg().toFile(`${folder}/${name}`);
  }
  await mask.clone().png().toFile(`${folder}/images/beside_mask.png`);
  await mask.clone().jpeg().toFile(`${folder}/masks/x/other.jpg`);

  const beside = await open(`folder:${folder}/images`);
  deepEqual([beside.size, beside.report.length], [3, 0]);
  const first = await beside.get(0);
  deepEqual(
    [first.mask![10], first.mask![50], first.rgba[10 * 4 + 3], first.rgba[50 * 4 + 3]],
    [
      1,
      0,
      255,
      0,
    ],
  );
  equal((await beside.get(1)).mask, undefined);

  const parallel = await open(`folder:${folder}/images@masks=${folder}/masks`);
  deepEqual((await parallel.get(0)).mask, undefined);
  equal((await parallel.get(1)).mask!.reduce((n, v) => n + v, 0), 32 * 32);

  const nearlyAll = halves(128, 64, [0, 0, 0], [0, 0, 0]).composite([{
    input: { create: { width: 24, height: 64, channels: 3, background: "white" } },
    left: 0,
    top: 0,
  }]);
  await nearlyAll.png().toFile(`${folder}/images/beside_mask.png`);
  await halves(100, 64, [255, 255, 255], [0, 0, 0]).png().toFile(
    `${folder}/images/x/other_mask.png`,
  );
  await good.clone().ensureAlpha(0).png().toFile(`${folder}/images/x/clear.png`);
  const strict = await open(`folder:${folder}/images`);
  deepEqual(
    strict.report.map((
      { path, reason },
    ) => [path.slice(folder.length), reason.replace(folder, "")]),
    [
      ["/images/beside.jpg", "only 18.8 % of its pixels are valid: at least 20 % are needed"],
      ["/images/x/clear.png", "only 0.0 % of its pixels are valid: at least 20 % are needed"],
      [
        "/images/x/other.jpg",
        'its mask "/images/x/other_mask.png" is unusable: width must be twice height: current size is 100x64',
      ],
    ],
  );
});

test("FolderSource masks transparent light, as it does transparent pictures", async (folder) => {
  const pixels = Array.from({ length: 64 * 32 }, (_, p) => [p % 7, 1, 1, p % 64 < 32 ? 1 : 0.2]);
  const bytes = tiff(Float32Array.from(pixels.flat()), { width: 64, height: 32 });
  await Deno.writeFile(`${folder}/a.tif`, bytes);
  const { mask, rgba } = await (await open(`folder:${folder}`)).get(0);
  deepEqual([mask![10], mask![50], rgba[10 * 4 + 3], rgba[50 * 4 + 3]], [1, 0, 255, 0]);
});

test("FolderSource fails when nothing is usable, with the reasons", async (folder) => {
  await rejects(
    open(`folder:${folder}/absent`),
    /Cannot open "folder:.*" as the folder ".*absent" cannot be read/,
  );
  await rejects(
    open(`folder:${folder}`),
    /the folder holds no image: it has 0 files; images end in jpg/,
  );
  await Deno.writeTextFile(`${folder}/a.jpg`, "text");
  await rejects(
    open(`folder:${folder}`),
    /none of its 1 images is usable:\n {2}.*a.jpg: it is not an image/,
  );
  await rejects(open(`folder:${folder}@masks=${folder}/nothing`), /cannot be read/);
});

test("FolderSource gives the next usable image once a file has gone", async (folder) => {
  for (const name of ["a", "b"]) {
    await halves(128, 64, [200, 30, 10], [10, 200, 30]).png().toFile(`${folder}/${name}.png`);
  }
  const source = await open(`folder:${folder}`, 0);
  await Deno.remove(`${folder}/a.png`);
  equal((await source.get(0)).name, "b.png");
  equal(source.report.length, 1);
  await Deno.remove(`${folder}/b.png`);
  await rejects(source.get(1), /none of its 2 images is usable/);
});

test("FolderSource wraps at the seam: an image turned by half gives a result turned by half", async (folder) => {
  const [width, height] = [192, 96];
  for (const turn of [0, width / 2]) {
    const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const [x, y] = [(Math.floor(i / 3) + turn) % width, Math.floor(i / 3 / width)];
      return 128 + 60 * Math.sin(x * 0.9 + i % 3) + 60 * Math.cos(y * 0.5);
    });
    await sharp(rgb, { raw: { width, height, channels: 3 } }).png().toFile(
      `${folder}/${turn}.png`,
    );
  }
  const source = await open(`folder:${folder}`);
  const [plain, turned] = [await source.get(0), await source.get(1)];
  for (let y = 0; y < 32; y++) {
    for (let x = 0; x < 64; x++) {
      const [a, b] = [
        plain.rgba[(y * 64 + x) * 4]!,
        turned.rgba[(y * 64 + (x + 32) % 64) * 4]!,
      ];
      ok(Math.abs(a - b) <= 1, `column ${x}, row ${y}: ${a} and ${b}`);
    }
  }
});

test("FolderSource decodes two images at once, in the order they are asked for", async (folder) => {
  const names = Array.from({ length: 9 }, (_, i) => `${i}.png`);
  const good = await halves(128, 64, [200, 30, 10], [10, 200, 30]).png().toBuffer();
  for (const name of names) await Deno.writeFile(`${folder}/${name}`, good);
  const source = await open(`folder:${folder}`, 0); // nothing is kept
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  const { readFile } = Deno;
  Deno.readFile = async (path) => { // the first thing that decoding does
    asked.push(`${path}`.slice(folder.length + 1));
    await new Promise<void>((resolve) => waiting.push(resolve));
    return await readFile(path);
  };
  try {
    const images = names.map((_, i) => source.get(i));
    for (const image of images) {
      await new Promise((resolve) => setTimeout(resolve, 0)); // everything that may begin has begun
      ok(waiting.length <= 2, `${waiting.length} at once`);
      waiting.shift()!();
      await image;
    }
    deepEqual(asked, names);
  } finally {
    Deno.readFile = readFile;
  }
});
