import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { ignoreWithout } from "./permissions.ts";
import { folderTests } from "./temporary_folder.ts";

const test = folderTests(
  ignoreWithout({ read: true, write: true, env: true, sys: true, ffi: true }),
);

/** Sharp writes 16 bits with the colour space said twice. */
async function writePng(path: string, values: Uint16Array, width: number): Promise<void> {
  const { default: sharp } = await import("sharp");
  const raw = { width, height: values.length / width, channels: 1 } as const;
  await sharp(values, { raw }).toColourspace("grey16").png().toFile(path);
}

test("readDepthPng() gives every 16-bit number unchanged", async (folder) => {
  const { readDepthPng } = await import("./depth_png.ts");
  const values = Uint16Array.from({ length: 65536 }, (_, i) => i);
  await writePng(`${folder}/all.png`, values, 256);
  const pixels = await readDepthPng(`${folder}/all.png`);
  equal(pixels.width, 256);
  deepEqual(pixels.values, values);
});

test("readDepthPng() says what is wrong with a file", async (folder) => {
  const { readDepthPng } = await import("./depth_png.ts");
  const { default: sharp } = await import("sharp");
  const good = `${folder}/good.png`;
  await writePng(good, new Uint16Array(32 * 64).map((_, i) => i * 31), 64);
  const bytes = await Deno.readFile(good);
  await Deno.writeFile(`${folder}/torn.png`, bytes.subarray(0, bytes.length / 2));
  await rejects(readDepthPng(`${folder}/torn.png`), SyntaxError);
  await Deno.writeTextFile(`${folder}/text.png`, "not an image");
  await rejects(readDepthPng(`${folder}/text.png`), /text\.png/);
  const grey = sharp({ create: { width: 4, height: 2, channels: 3, background: "grey" } });
  await grey.png().toFile(`${folder}/rgb.png`);
  await rejects(
    readDepthPng(`${folder}/rgb.png`),
    /not a 16-bit greyscale PNG: current form is png, uchar, 3/,
  );
  await rejects(readDepthPng(`${folder}/missing.png`), Deno.errors.NotFound);
});

test("depthLabel() divides by the unit, keeps the range and resizes by picks", async () => {
  const { depthLabel } = await import("./depth_png.ts");
  const pixels = { height: 2, width: 4, values: [0, 512, 5120, 5121, 65535, 1, 2, 3] };
  const label = depthLabel(pixels, { unit: 512 });
  deepEqual([...label.valid], [0, 1, 1, 0, 0, 1, 1, 1]);
  equal(label.distance[1], 1);
  equal(label.distance[4], 11, "far beyond the range is cut just above it");
  deepEqual([...depthLabel(pixels, { unit: 512, height: 1, width: 2 }).distance], [0, 10]);
  equal(
    depthLabel({ ...pixels, values: [NaN, -1, Infinity, 1, 1, 1, 1, 1] }, { unit: 1 }).valid
      .indexOf(1),
    3,
  );
  throws(() => depthLabel(pixels, { unit: 0 }), /current unit is 0/);
});

test("disparityTarget() spans [0, 1] on valid pixels and is 0 where it has no range", async () => {
  const { depthLabel, disparityTarget } = await import("./depth_png.ts");
  const target = disparityTarget(
    depthLabel({ height: 1, width: 4, values: [1, 2, 4, 0] }, { unit: 1 }),
  );
  ok([...target].every((v, i) => Math.abs(v - [1, 1 / 3, 0, 0][i]!) < 1e-6));
  const flat = depthLabel({ height: 1, width: 2, values: [3, 3] }, { unit: 1 });
  deepEqual([...disparityTarget(flat)], [0, 0]);
  const none = depthLabel({ height: 1, width: 2, values: [0, 0] }, { unit: 1 });
  deepEqual([...disparityTarget(none)], [0, 0]);
});
