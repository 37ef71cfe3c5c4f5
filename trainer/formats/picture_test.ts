import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { DEPTH_COLORS, NO_VALUE } from "./color_map.ts";
import {
  colorTile,
  contactSheet,
  disparityTile,
  distanceTile,
  enlarge,
  maskTile,
} from "./picture.ts";
import { drawText, GLYPH_ADVANCE, GLYPH_HEIGHT } from "./pixel_font.ts";

const need = ignoreWithout({ read: true, write: true, env: true, sys: true, ffi: true });

const color = (i: number) => [...DEPTH_COLORS.subarray(i * 3, i * 3 + 3)];

Deno.test("DEPTH_COLORS gets lighter in every step, and warm at the near end", () => {
  const linear = (v: number) => v <= 10 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = (i: number) => {
    const [r, g, b] = color(i).map(linear);
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  for (let i = 4; i < 256; i++) ok(luminance(i) > luminance(i - 4), `color ${i}`);
  ok(luminance(0) < 0.02 && luminance(255) > 0.8);
  const [r, , b] = color(200);
  ok(r! > b!);
});

Deno.test("disparityTile() draws near bright, clips at the percentiles and marks what has no value", () => {
  const values = Float32Array.from({ length: 200 }, (_, i) => i);
  values[199] = 1e9; // an outlier must not darken the rest
  const { rgb } = disparityTile(values, 20, 10);
  deepEqual([...rgb.subarray(0, 3)], color(0));
  deepEqual([...rgb.subarray(199 * 3)], color(255));
  ok(rgb[100 * 3]! > 100);
  const mask = values.map((_, i) => i % 2);
  values[1] = NaN;
  const masked = disparityTile(values, 20, 10, { mask, low: 0, high: 199 });
  for (const i of [0, 1, 2]) deepEqual([...masked.rgb.subarray(i * 3, i * 3 + 3)], [...NO_VALUE]);
  deepEqual([...masked.rgb.subarray(9, 12)], color(Math.round(255 * 3 / 199)));
  const flat = disparityTile(new Float32Array(8).fill(3), 4, 2);
  deepEqual([...flat.rgb.subarray(0, 3)], color(128));
  disparityTile(new Float32Array(8).fill(NaN), 4, 2); // nothing valid: no throw
});

Deno.test("distanceTile() draws near bright, and zero as no value", () => {
  const { rgb } = distanceTile([1, 2, 4, 0], 2, 2, { low: 0.25, high: 1 });
  deepEqual([...rgb.subarray(0, 3)], color(255));
  deepEqual([...rgb.subarray(6, 9)], color(0));
  deepEqual([...rgb.subarray(9, 12)], [...NO_VALUE]);
});

Deno.test("colorTile(), maskTile() and enlarge() give the pixels", () => {
  deepEqual([...colorTile(Uint8Array.of(1, 2, 3, 0, 4, 5, 6, 0), 2, 1).rgb], [1, 2, 3, 4, 5, 6]);
  deepEqual([...colorTile(Float32Array.of(0, 0.5, 1, -1, 2, 0.25), 2, 1).rgb], [
    0,
    128,
    255,
    0,
    255,
    64,
  ]);
  const mask = maskTile([0, 1], 2, 1, "mask");
  deepEqual([...mask.rgb], [0, 0, 0, 255, 255, 255]);
  const large = enlarge(mask, 4);
  deepEqual([large.width, large.height, large.caption], [4, 2, "mask"]);
  deepEqual([...large.rgb].filter((_, i) => i % 3 === 0), [0, 0, 255, 255, 0, 0, 255, 255]);
  throws(
    () => maskTile([0, 1, 1], 2, 1),
    /Cannot draw 2x1 pixels as the data has 3 values: expected 1 per pixel/,
  );
});

Deno.test("contactSheet() places tiles in columns with captions above, cut to their room", () => {
  const tiles = [
    [maskTile([1, 1, 1, 1, 1, 1, 1, 1], 4, 2, "a long caption"), maskTile([1], 1, 1)],
    [maskTile([1], 1, 1)],
  ];
  const { width, height, rgb } = contactSheet(tiles, { gap: 2 });
  deepEqual([width, height], [2 + 4 + 2 + 1 + 2, 2 + (10 + 2) + 2 + 1 + 2]);
  const white: string[] = [];
  for (let i = 0; i < width * height; i++) {
    if (rgb[i * 3] === 255) white.push(`${i % width},${Math.floor(i / width)}`);
  }
  deepEqual(white, [
    "2,12",
    "3,12",
    "4,12",
    "5,12",
    "8,12",
    "2,13",
    "3,13",
    "4,13",
    "5,13",
    "2,16",
  ]);
});

Deno.test("drawText() has a glyph for every printable character but a few, each of its own shape", () => {
  const shapes = new Map<string, string>();
  for (let code = 33; code < 127; code++) {
    const character = String.fromCharCode(code);
    const dots: string[] = [];
    drawText(character, (x, y) => {
      ok(x < GLYPH_ADVANCE && y < GLYPH_HEIGHT);
      dots.push(`${x},${y}`);
    });
    const shape = dots.join(" ");
    ok(dots.length > 0, character);
    if ("$\\^`{}".includes(character)) continue; // boxes
    equal(shapes.get(shape), undefined, `${character} looks like ${shapes.get(shape)}`);
    shapes.set(shape, character);
  }
});

Deno.test(`encodePng() and encodeJpeg() give files that decode to the picture${need.suffix}`, {
  ignore: need.ignore,
}, async () => {
  const { encodeJpeg, encodePng } = await import("./picture_file.ts");
  const sharp = (await import("sharp")).default;
  const picture = enlarge(colorTile(Uint8Array.of(250, 20, 10, 10, 20, 250), 2, 1), 32);
  for (
    const [encode, format, tolerance] of [[encodePng, "png", 0], [encodeJpeg, "jpeg", 12]] as const
  ) {
    const bytes = await encode(picture);
    equal((await sharp(bytes).metadata()).format, format);
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    deepEqual([info.width, info.height, info.channels], [32, 16, 3]);
    for (const i of [3 * 4, 3 * 28]) ok(Math.abs(data[i]! - picture.rgb[i]!) <= tolerance);
  }
});
