import fc from "fast-check";
import { ok } from "node:assert/strict";
import { latitude, longitude, pixelToRay, rayToPixel } from "./sphere.ts";

const seed = 11;

Deno.test("rayToPixel() undoes pixelToRay() everywhere but at the poles [seed 11]", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 512 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 1e-3, max: 1 - 1e-3, noNaN: true }),
      (height, across, down) => {
        const width = 2 * height;
        const [column, row] = [across * (width - 1), down * height - 0.5];
        const [u, v] = rayToPixel(pixelToRay(column, row, width, height), width, height);
        ok(Math.abs(u - column) < 1e-8 * width && Math.abs(v - row) < 1e-8 * height, `${u}, ${v}`);
      },
    ),
    { seed },
  );
});

Deno.test("pixelToRay() has length 1 and the longitude and latitude of the pixel centre", () => {
  const ray = pixelToRay(0, 0, 8, 4);
  ok(Math.abs(Math.hypot(...ray) - 1) < 1e-15);
  ok(Math.abs(longitude(ray[0], ray[2]) - (0.5 / 8 - 0.5) * 2 * Math.PI) < 1e-15);
  ok(
    Math.abs(latitude(...ray) - (0.5 / 4 - 0.5) * Math.PI) < 1e-15,
    "the first row looks up: latitude is negative",
  );
});

Deno.test("rayToPixel() keeps the whole picture within half a pixel of the indices", () => {
  for (
    const ray of [[0, 1, 0], [0, -1, 0], [0, 0, -1], [-1e-300, 0, -1], [1e-300, 0, -1]] as const
  ) {
    const [u, v] = rayToPixel(ray, 64, 32);
    ok(u >= -0.5 && u <= 63.5 && v >= -0.5 && v <= 31.5, `${ray}: ${u}, ${v}`);
  }
});
