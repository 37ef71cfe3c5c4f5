import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { EmbeddedSource } from "./embedded_source.ts";
import { PanoramaLoader } from "./loader.ts";
import { exposureStops, pick } from "./order.ts";
import { parseSpec } from "./spec.ts";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";
import { writeWaves } from "../../tests/helpers/wave_panorama.ts";

const need = ignoreWithout({ read: true, write: true, env: true, sys: true, ffi: true });
const sharp = need.ignore ? undefined! : (await import("sharp")).default; // wants permissions to load

Deno.test(
  "PanoramaLoader gives the batches that pick() and exposureStops() name, in any order of steps" +
    need.suffix,
  { ignore: need.ignore },
  async () => {
    const options = { specs: ["panoramas"], height: 32, batch: 2, seed: 9 };
    const source = new EmbeddedSource(parseSpec("panoramas"), 32);
    await using loader = await PanoramaLoader.open(options);
    equal(loader.size, 14);
    const first = await loader.batch(5);
    for (let item = 0; item < 2; item++) {
      const want = await source.get(pick(14, 2, 9, 5, item), exposureStops(1, 9, 5, item));
      equal(first.names[item], want.name);
      deepEqual(
        new Uint8Array(first.pixels.buffer).slice(
          item * want.rgba.length,
          (item + 1) * want.rgba.length,
        ),
        want.rgba,
      );
    }
    ok(first.mask.every((v) => v === 1) && first.mask.length === 2 * 32 * 64);
    const six = await loader.batch(6);
    const again = await loader.batch(5);
    deepEqual(again, first);
    equal(new Set([...six.names, ...again.names]).size, 4); // of one epoch: no panorama twice

    const other = await PanoramaLoader.open({ ...options, ahead: 0 });
    deepEqual(await other.batch(6), six);
    const late = other.batch(7);
    const closed = other[Symbol.asyncDispose]();
    for (const request of [late, other.batch(8), other.get(0)]) {
      await rejects(request, /Cannot load panoramas as it was closed/);
    }
    await closed;
  },
);

Deno.test("PanoramaLoader joins sources, passes masks and reports skipped files" + need.suffix, {
  ignore: need.ignore,
}, async () => {
  await using temporary = await temporaryFolder();
  const folder = temporary.path;
  const picture = (background: string) =>
    sharp({ create: { width: 64, height: 64, channels: 3, background } }).extend({
      left: 64,
      background: "white",
    });
  await picture("red").png().toFile(`${folder}/a.png`);
  await picture("black").png().toFile(`${folder}/a_mask.png`);
  await Deno.writeTextFile(`${folder}/b.jpg`, "text");
  {
    await using loader = await PanoramaLoader.open({
      specs: ["panoramas@split=val", `folder:${folder}`],
      height: 32,
      batch: 5,
      seed: 1,
    });
    equal(loader.size, 5);
    deepEqual(loader.report.map(({ reason }) => reason), ["it is not an image of a known format"]);
    deepEqual(loader.notes, [`1 of 2 images of "folder:${folder}" have a mask`]);
    const { names, mask, pixels } = await loader.batch(0);
    deepEqual([...names].sort(), ["a.png", "city", "lobby", "park", "studio"]);
    const at = names.indexOf("a.png") * 32 * 64;
    deepEqual([mask[at + 5], mask[at + 60]], [1, 0]);
    deepEqual([pixels[at + 5], pixels[at + 60]], [0xffffffff, 0x000000ff]); // white and valid; red and masked
    equal((await loader.get(4)).name, "a.png");
    await rejects(loader.get(5), /Cannot get panorama 5/);
  }
  await Deno.remove(`${folder}/a.png`);
  await rejects(
    PanoramaLoader.open({ specs: [`folder:${folder}`], height: 32, batch: 1, seed: 1 }),
    /none of its 1 images is usable/,
  );
  await rejects(
    PanoramaLoader.open({ specs: ["rooms"], height: 32, batch: 1, seed: 1 }),
    RangeError,
  );
});

Deno.test(
  "PanoramaLoader tells of a bad file of a large folder when it meets it, once" + need.suffix,
  {
    ignore: need.ignore,
  },
  async () => {
    const { CHECKED_WHEN_OPENED } = await import("./folder_source.ts");
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    const good = await sharp({ create: { width: 64, height: 64, channels: 3, background: "red" } })
      .extend({ left: 64, background: "white" }).png().toBuffer();
    const names = Array.from({ length: CHECKED_WHEN_OPENED }, (_, i) => `${1000 + i}.png`);
    await Promise.all(names.map((name) => Deno.writeFile(`${folder}/${name}`, good)));
    await Deno.writeTextFile(`${folder}/0.jpg`, "text");
    {
      await using loader = await PanoramaLoader.open({
        specs: [`folder:${folder}`],
        height: 32,
        batch: 1,
        seed: 1,
      });
      deepEqual([loader.size, loader.report.length], [CHECKED_WHEN_OPENED + 1, 0]); // not looked at yet
      const told: string[] = [];
      loader.onSkip = ({ path, reason }) => told.push(`${path}: ${reason}`);
      equal((await loader.get(0)).name, "1000.png"); // the next usable one in its place
      equal((await loader.get(0)).name, "1000.png");
      deepEqual(told, [`${folder}/0.jpg: it is not an image of a known format`]);
      equal(loader.report.length, 1);
    }
  },
);

Deno.test(
  "PanoramaLoader gives the same from one thread, from several, and from what those kept on disk" +
    need.suffix,
  { ignore: need.ignore },
  async () => {
    await using temporary = await temporaryFolder();
    const folder = `${temporary.path}/images`;
    await Deno.mkdir(folder);
    for (let seed = 0; seed < 7; seed++) await writeWaves(`${folder}/${seed}.jpg`, { seed });
    await Deno.writeTextFile(`${folder}/3.png`, "text");
    const options = { specs: [`folder:${folder}`, "panoramas"], height: 32, batch: 3, seed: 4 };
    const cache = { folder: `${temporary.path}/cache`, limit: 1e9 };
    const all = [];
    for (const ways of [{}, { decoders: 3, cache }, { decoders: 2, cache }, { cache }]) {
      await using loader = await PanoramaLoader.open({ ...options, ...ways });
      const batches = [];
      for (const step of [0, 1, 2, 3, 4, 5, 6]) batches.push(await loader.batch(step));
      all.push({ names: loader.names, report: loader.report, notes: loader.notes, batches });
    }
    for (const other of all.slice(1)) deepEqual(other, all[0]);
    equal(all[0]!.report.length, 1);
    equal([...Deno.readDirSync(cache.folder)].length, 7);
  },
);

Deno.test(
  "PanoramaLoader that is closed at work ends when what libvips reads is read" + need.suffix,
  {
    ignore: need.ignore,
  },
  async () => {
    const { CHECKED_WHEN_OPENED } = await import("./folder_source.ts");
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    await writeWaves(`${folder}/0.jpg`, { seed: 0, height: 2048 });
    for (let i = 1; i <= CHECKED_WHEN_OPENED; i++) {
      await Deno.symlink(`${folder}/0.jpg`, `${folder}/${i}.jpg`);
    }
    const cache = { folder: `${folder}/.cache`, limit: 1e9 };
    const options = { specs: [`folder:${folder}`], height: 32, batch: 3, seed: 4 };
    for (const decoders of [1, 1, 1, 3]) { // a thread that is ended at once takes the process down, mostly
      const loader = await PanoramaLoader.open({
        ...options,
        decoders,
        ...decoders === 3 && { cache },
      });
      await loader.batch(0); // the next ones are in work
      const late = loader.batch(5);
      const closed = loader[Symbol.asyncDispose]();
      await rejects(late, /as it was closed/);
      await closed;
      await rejects(loader.get(0), /as it was closed/);
    }
  },
);
