import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { EMBEDDED } from "./embedded_panoramas.ts";
import { EmbeddedSource } from "./embedded_source.ts";
import { parseSpec } from "./spec.ts";

Deno.test("the embedded split is 14 to train on and 4 held out, all different", () => {
  equal(new Set(EMBEDDED.map(({ name }) => name)).size, 18);
  deepEqual(
    EMBEDDED.filter(({ split }) => split === "val").map(({ name }) => name),
    ["city", "lobby", "park", "studio"],
  );
});

Deno.test("EmbeddedSource decodes every panorama to a plausible picture", async () => {
  const source = new EmbeddedSource(parseSpec("panoramas@split=all"), 64);
  equal(source.size, 18);
  for (let i = 0; i < source.size; i++) {
    const { rgba, width, height, mask, name } = await source.get(i);
    deepEqual([width, height, mask, name], [128, 64, undefined, EMBEDDED[i]!.name]);
    let sum = 0;
    for (let p = 0; p < rgba.length; p += 4) sum += rgba[p]! + rgba[p + 1]! + rgba[p + 2]!;
    const mean = sum / (3 * width * height);
    ok(mean > 60 && mean < 190, `${name} has mean ${mean}`);
    // a sphere has no seam: the last column continues in the first, as any two neighbours do
    const jump = (a: number, b: number) => {
      let total = 0;
      for (let y = 0; y < height; y++) {
        total += Math.abs(rgba[(y * width + a) * 4]! - rgba[(y * width + b) * 4]!);
      }
      return total / height;
    };
    ok(
      jump(width - 1, 0) < 3 * (jump(width - 2, width - 1) + jump(0, 1)) + 4,
      `${name} has a seam`,
    );
  }
});

Deno.test("EmbeddedSource is right way up: the sky of a lawn is brighter and bluer than its grass", async () => {
  const source = new EmbeddedSource(parseSpec("panoramas@split=val"), 32);
  const { rgba, name } = await source.get(2);
  equal(name, "park");
  const rowMean = (y: number, c: number) => {
    let sum = 0;
    for (let x = 0; x < 64; x++) sum += rgba[(y * 64 + x) * 4 + c]!;
    return sum / 64;
  };
  ok(rowMean(8, 2) > rowMean(8, 1) && rowMean(24, 2) < rowMean(24, 1));
});

Deno.test("EmbeddedSource exposes by stops and gives fresh copies", async () => {
  const source = new EmbeddedSource(parseSpec("panoramas"), 32);
  equal(source.size, 14);
  const [dark, plain, again] = [await source.get(0, -1), await source.get(0), await source.get(0)];
  const mean = (rgba: Uint8Array) => rgba.reduce((s, v) => s + v, 0) / rgba.length;
  ok(mean(dark.rgba) < mean(plain.rgba) - 10);
  deepEqual(plain.rgba, again.rgba);
  ok(plain.rgba.buffer !== again.rgba.buffer);
  await rejects(source.get(14), /Cannot get panorama 14 of "panoramas": its indices are 0 to 13/);
  throws(() => new EmbeddedSource(parseSpec("panoramas@split=test"), 32), /its split is "test"/);
});
