import { deepEqual, equal, ok } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { writeWaves } from "../../tests/helpers/wave_panorama.ts";

const need = ignoreWithout({ read: true, write: true, env: true, sys: true, ffi: true });
const test = folderTests(need);

test("decodeWrapped() gives an opaque image the pixels that it has with an alpha channel", async (folder) => {
  const { default: sharp } = await import("sharp");
  const { decodeWrapped } = await import("./wrapped_resize.ts");
  const path = `${folder}/colour.png`;
  await writeWaves(path, { seed: 1, height: 100 });
  await sharp(path).greyscale().toFile(`${folder}/grey.png`);
  await sharp(path).toColourspace("cmyk").toFile(`${folder}/cmyk.jpg`);
  const size = { width: 200, height: 100 };
  for (const name of ["colour.png", "grey.png", "cmyk.jpg"]) {
    const image = sharp(`${folder}/${name}`);
    for (const to of [32, 150]) {
      const got = await decodeWrapped(image.clone(), size, to);
      equal(got.length, 2 * to * to * 4);
      deepEqual(got, await decodeWrapped(image.clone().ensureAlpha(), size, to), `${name}, ${to}`);
    }
  }
});

test("decodeWrapped() of a JPEG decoded smaller is nearly that of the whole one", async (folder) => {
  const { default: sharp } = await import("sharp");
  const { decodeWrapped } = await import("./wrapped_resize.ts");
  const decode = async (rows: number, to: number, shrinks: boolean) => {
    const path = `${folder}/${rows}.jpg`;
    await writeWaves(path, { seed: 3, height: rows });
    const size = { width: 2 * rows, height: rows };
    return await decodeWrapped(sharp(path), size, to, shrinks);
  };
  for (const [rows, to] of [[256, 32], [512, 32], [256, 64]] as const) {
    const [whole, smaller] = [await decode(rows, to, false), await decode(rows, to, true)];
    const worst = whole.reduce((most, v, i) => Math.max(most, Math.abs(v - smaller[i]!)), 0);
    // of 255; the finest waves are 2.7 pixels long in the smallest result
    ok(worst <= 8, `${rows} to ${to}: off by ${worst}`);
    ok(worst > 0, `${rows} to ${to}: it was not decoded smaller`);
  }
  // Where a half would be less than twice what is wanted, or leave a rest, it is decoded whole.
  for (const [rows, to] of [[256, 65], [255, 32]] as const) {
    deepEqual(await decode(rows, to, true), await decode(rows, to, false));
  }
});
