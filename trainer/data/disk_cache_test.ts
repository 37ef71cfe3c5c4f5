import { deepEqual, equal, match } from "node:assert/strict";
import type { Decode } from "./decoder_pool.ts";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { writeWaves } from "../../tests/helpers/wave_panorama.ts";

const need = ignoreWithout({ read: true, write: true, env: true, sys: true, ffi: true });
const test = folderTests(need);
const height = 32;

/** Image files, and the names of those that had to be decoded. */
async function setUp(folder: string, count: number) {
  const { decodeHere } = await import("./folder_source.ts");
  const { DiskCache } = await import("./disk_cache.ts");
  const paths = Array.from({ length: count }, (_, i) => `${folder}/${i}.jpg`);
  for (const [seed, path] of paths.entries()) await writeWaves(path, { seed });
  const decoded: string[] = [];
  const decode: Decode = (path, ...rest) => {
    decoded.push(path.slice(folder.length + 1));
    return decodeHere(path, ...rest);
  };
  return {
    paths,
    decodeHere,
    cache: `${folder}/cache`,
    /** A run of its own. */
    async open(limit = 1e9) {
      const disk = await DiskCache.open({ folder: `${folder}/cache`, limit });
      return { note: disk.note, read: disk.around(decode) };
    },
    /** What was decoded since the last call. */
    decoded: () => decoded.splice(0),
  };
}

function filesOf(folder: string) {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

test("DiskCache gives what was decoded once, also to a later run", async (folder) => {
  const { open, decoded, decodeHere, paths: [path = ""], cache } = await setUp(folder, 1);
  await writeWaves(`${folder}/0_mask.png`, { seed: 5 });
  const mask = `${folder}/0_mask.png`;
  for (const expected of [["0.jpg", "0.jpg", "0.jpg"], []]) {
    const { read, note } = await open();
    equal(note, undefined);
    deepEqual(await read(path, height), await decodeHere(path, height));
    deepEqual(await read(path, height, mask), await decodeHere(path, height, mask));
    deepEqual(await read(path, 16), await decodeHere(path, 16));
    await read(path, height);
    deepEqual(decoded(), expected);
  }
  equal(filesOf(cache).length, 3);
});

test("DiskCache decodes a changed file, a changed mask, and what is damaged, and keeps that", async (folder) => {
  const { open, decoded, decodeHere, paths: [path = ""], cache } = await setUp(folder, 1);
  const { read } = await open();
  const mask = `${folder}/mask.png`;
  for (const seed of [1, 2]) {
    await writeWaves(mask, { seed });
    await Deno.utime(mask, new Date(), new Date(1e12 + seed));
    deepEqual(await read(path, height, mask), await decodeHere(path, height, mask));
  }
  deepEqual(decoded(), ["0.jpg", "0.jpg"]);
  await Deno.remove(cache, { recursive: true });
  await Deno.mkdir(cache);

  await read(path, height);
  const [name] = filesOf(cache);
  await writeWaves(path, { seed: 7 });
  await Deno.utime(path, new Date(), new Date(2e12));
  const changed = await decodeHere(path, height);
  deepEqual(await read(path, height), changed);
  deepEqual(decoded(), ["0.jpg", "0.jpg"]);

  const [other = ""] = filesOf(cache).filter((file) => file !== name);
  const whole = await Deno.readFile(`${cache}/${other}`);
  for (const damage of [new Uint8Array(), whole.subarray(0, whole.length >> 1)]) {
    await Deno.writeFile(`${cache}/${other}`, damage);
    const later = await open();
    deepEqual(await later.read(path, height), changed);
    deepEqual(decoded(), ["0.jpg"]);
    deepEqual(await Deno.readFile(`${cache}/${other}`), whole);
  }
});

test("DiskCache removes what was not used for longest, and nothing that the run uses", async (folder) => {
  const { open, decoded, paths, cache } = await setUp(folder, 5);
  const first = await open();
  for (const path of paths.slice(0, 3)) await first.read(path, height);
  const sizes = filesOf(cache).map((name) => Deno.statSync(`${cache}/${name}`).size);
  const limit = Math.max(...sizes) * 3.5;
  for (const name of filesOf(cache)) await Deno.utime(`${cache}/${name}`, 1e9, 1e9);
  decoded();

  const second = await open(limit);
  for (const path of paths) await second.read(path, height); // the first three are there
  for (const path of paths) await second.read(path, height);
  deepEqual(decoded(), ["3.jpg", "4.jpg", "3.jpg", "4.jpg"]); // in use, those are not pushed out
  equal(filesOf(cache).length, 3);

  for (const name of filesOf(cache)) await Deno.utime(`${cache}/${name}`, 1e9, 1e9);
  const third = await open(limit);
  for (const i of [1, 4, 3, 1, 4, 3]) await third.read(paths[i]!, height);
  deepEqual(decoded(), ["4.jpg", "3.jpg"]);
  equal(filesOf(cache).length, 3);
  const bytes = filesOf(cache).reduce(
    (sum, name) => sum + Deno.statSync(`${cache}/${name}`).size,
    0,
  );
  equal(bytes <= limit, true);
});

test("DiskCache that cannot write says so, reads what is there, and decodes the rest", async (folder) => {
  const { open, decoded, decodeHere, paths: [one = "", two = ""], cache } = await setUp(folder, 2);
  await (await open()).read(one, height);
  decoded();
  const { makeTempFile } = Deno;
  Deno.makeTempFile = () => Promise.reject(new Error("read-only"));
  try {
    const { note, read } = await open();
    match(note!, /^Resized panoramas are not kept in ".*\/cache": read-only$/);
    deepEqual(await read(one, height), await decodeHere(one, height));
    deepEqual(await read(two, height), await decodeHere(two, height));
    deepEqual(decoded(), ["1.jpg"]);
    equal(filesOf(cache).length, 1);
  } finally {
    Deno.makeTempFile = makeTempFile;
  }
  const { read } = await open();
  await Deno.remove(cache, { recursive: true });
  await Deno.writeTextFile(cache, "a file in its place");
  deepEqual(await read(two, height), await decodeHere(two, height));
});

test("DiskCache does not keep images that are hardly larger than what is wanted", async (folder) => {
  const { open, paths: [path = ""], cache } = await setUp(folder, 1);
  const { read } = await open();
  await read(path, 48);
  deepEqual(filesOf(cache), []);
});

test("DiskCache leaves it to decoding to say what is wrong with a file", async (folder) => {
  const { open } = await setUp(folder, 0);
  const { read } = await open();
  const reason = await read(`${folder}/absent.jpg`, height).catch((error: Error) => error.message);
  equal(reason, "there is no such file");
});
