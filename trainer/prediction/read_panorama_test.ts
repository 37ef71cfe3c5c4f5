import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { tiff } from "../../tests/helpers/tiff.ts";

const need = ignoreWithout({ read: true, write: true, env: true, sys: true, ffi: true });
const { default: sharp } = need.ignore ? { default: undefined! } : await import("sharp");
const { readInput } = need.ignore ? { readInput: undefined! } : await import("./read_panorama.ts");

const test = folderTests(need);

/** A smooth picture: red to the right, green downwards. */
function picture(width: number, height: number, channels: 3 | 4 = 3) {
  const raw = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const p = Math.floor(i / channels);
    return [
      255 * (p % width) / width,
      255 * Math.floor(p / width) / height,
      90,
      255,
    ][i % channels]!;
  });
  return sharp(raw, { raw: { width, height, channels } });
}

const crop =
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" GPano:FullPanoWidthPixels="256"
 GPano:FullPanoHeightPixels="128" GPano:CroppedAreaImageWidthPixels="96" GPano:CroppedAreaImageHeightPixels="64"
 GPano:CroppedAreaLeftPixels="80" GPano:CroppedAreaTopPixels="32" GPano:PosePitchDegrees="10"/></rdf:RDF></x:xmpmeta>`;

for (const format of ["jpeg", "png", "webp", "tiff", "avif"] as const) {
  test(`readInput() reads ${format} at its own size, and its GPano crop`, async (folder) => {
    const path = `${folder}/a.${format}`;
    await picture(128, 64).toFormat(format).toFile(path);
    const { width, height, rgba, placement, pose } = await readInput(path);
    deepEqual([width, height, rgba.length], [128, 64, 128 * 64 * 4]);
    deepEqual(placement, { fullWidth: 128, fullHeight: 64, left: 0, top: 0 });
    deepEqual(pose, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    const at = 4 * (40 * 128 + 100);
    ok(
      Math.abs(rgba[at]! - 199) < 12 && Math.abs(rgba[at + 1]! - 159) < 12,
      `${rgba.slice(at, at + 4)}`,
    );
    await picture(96, 64).withXmp(crop).toFormat(format).toFile(path);
    const part = await readInput(path);
    deepEqual(part.placement, { fullWidth: 256, fullHeight: 128, left: 80, top: 32 });
    ok(part.pose[5] < 0 && part.pose[7] > 0);
  });
}

test("readInput() keeps 16 bits, greys too, and takes a profile of theirs to sRGB", async (folder) => {
  const path = `${folder}/a.png`;
  const shorts = Uint16Array.from({ length: 128 * 64 * 3 }, (_, i) => (i * 997) % 65536);
  const raw = { width: 128, height: 64, channels: 3 as const };
  const deep = sharp(shorts, { raw }).toColourspace("rgb16");
  await deep.clone().png().toFile(path);
  const read = await readInput(path);
  const [, red, green] = [
    0,
    ...[0, 1].map((c) => Array.from(shorts).filter((_, i) => i % 3 === c)),
  ];
  const channel = (rgba: ArrayLike<number>, c: number) =>
    Array.from(rgba).filter((_, i) => i % 4 === c);
  deepEqual(channel(read.deep!, 0), red);
  deepEqual(channel(read.rgba, 1), (green as number[]).map((value) => Math.round(value / 257)));
  const grey = Uint16Array.from({ length: 128 * 64 }, (_, p) => 8 * p);
  await sharp(grey, { raw: { ...raw, channels: 1 } }).toColourspace("grey16").png().toFile(path);
  deepEqual(channel((await readInput(path)).deep!, 2), [...grey]);

  const brown = Uint16Array.from({ length: 128 * 64 * 3 }, (_, i) => [38000, 30000, 24000][i % 3]!);
  await sharp(brown, { raw }).toColourspace("rgb16").withIccProfile("srgb").png().toFile(path);
  equal((await sharp(path).metadata()).hasProfile, true);
  const stored = await sharp(path, { ignoreIcc: true }).toColourspace("rgb16")
    .raw({ depth: "ushort" }).toBuffer();
  const wanted = new Uint16Array(Uint8Array.from(stored).buffer);
  const [r, g, b] = (await readInput(path)).deep!;
  [r, g, b].forEach((value, c) => ok(Math.abs(value! - wanted[c]!) < 60, `${c}: ${value}`));
});

test("readInput() tone-maps EXR", async (folder) => {
  const { encodeExr } = await import("../formats/exr.ts");
  const light = Float32Array.from({ length: 128 * 64 }, (_, p) => 2 ** (p % 128 / 16));
  await Deno.writeFile(`${folder}/a.exr`, encodeExr(light, { width: 128, height: 64 }));
  const { width, height, rgba } = await readInput(`${folder}/a.exr`);
  deepEqual([width, height], [128, 64]);
  ok(rgba[0]! < 60 && rgba[4 * 127]! > 200, `${rgba[0]} ${rgba[4 * 127]}`);
});

test("readInput() shows nothing where light is transparent", async (folder) => {
  const path = `${folder}/a.tif`;
  const size = { width: 128, height: 64 };
  const light = (alpha: (p: number) => number) =>
    tiff(
      Float32Array.from({ length: 128 * 64 * 4 }, (_, i) => i % 4 < 3 ? 1 : alpha(i >> 2)),
      size,
    );
  await Deno.writeFile(path, light((p) => p < 128 * 32 ? 0 : 1));
  const { rgba } = await readInput(path);
  deepEqual([rgba[3], rgba.at(-1)], [0, 255]);
  await Deno.writeFile(path, light(() => 0));
  await rejects(readInput(path), /^Error: it is transparent everywhere$/);
});

test("readInput() refuses another ratio and says what to do; pad places it", async (folder) => {
  const path = `${folder}/wide.png`;
  await picture(200, 60).toFile(path);
  await rejects(
    readInput(path),
    /^RangeError: width must be twice height: current size is 200x60; --pad places it on the sphere$/,
  );
  const { placement } = await readInput(path, { pad: true });
  deepEqual(placement, { fullWidth: 200, fullHeight: 100, left: 0, top: 20 });
  await picture(129, 64).toFile(path); // a column off is a rounding
  equal((await readInput(path)).width, 129);
});

test("readInput() says why a file is of no use", async (folder) => {
  const path = `${folder}/a.jpg`;
  await rejects(readInput(path), /^Error: there is no such file$/);
  await Deno.symlink(`${path}.gone`, path);
  await rejects(readInput(path), /^Error: it is a link to nothing$/);
  await Deno.remove(path);
  await Deno.writeFile(path, new Uint8Array(0));
  await rejects(readInput(path), /^Error: it is empty$/);
  await Deno.writeTextFile(path, "not an image");
  await rejects(readInput(path), /^Error: it is not an image of a known format$/);
  const whole = await picture(256, 128).jpeg().toBuffer();
  await Deno.writeFile(path, new Uint8Array(whole.subarray(0, whole.length >> 1)));
  await rejects(readInput(path), /^Error: it is damaged or cut off \(.+\)$/);
  await picture(32, 16).jpeg().toFile(path);
  await rejects(readInput(path), /it must be at least 64x32: current size is 32x16/);
  const nothing = { width: 128, height: 64, channels: 4 as const, background: "#ffffff00" };
  await sharp({ create: nothing }).png().toFile(path);
  await rejects(readInput(path), /^Error: it is transparent everywhere$/);
  await picture(96, 60).withXmp(crop).jpeg().toFile(path);
  await rejects(readInput(path), /but it is 96x60: take the metadata out/);
});
