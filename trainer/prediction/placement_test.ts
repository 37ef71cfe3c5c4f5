import { deepEqual, equal } from "node:assert/strict";
import { padded, pixelAt, placeOnSphere, whole } from "./placement.ts";

/** RGBA whose red is the column and green the row. */
function image(width: number, height: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    { length: width * height * 4 },
    (_, i) => [(i >> 2) % width, Math.floor((i >> 2) / width), 0, 255][i % 4]!,
  );
}

/** (column, row) of the image at each pixel of a row. */
function row(full: Uint8Array, width: number, y: number): string {
  return Array.from({ length: width }, (_, x) => {
    const i = 4 * (y * width + x);
    return `${full[i]},${full[i + 1]}`;
  }).join(" ");
}

Deno.test("padded() puts a wide image around the horizon and a narrow one ahead", () => {
  deepEqual(padded({ width: 100, height: 20 }), {
    fullWidth: 100,
    fullHeight: 50,
    left: 0,
    top: 15,
  });
  deepEqual(padded({ width: 60, height: 50 }), {
    fullWidth: 100,
    fullHeight: 50,
    left: 20,
    top: 0,
  });
  deepEqual(padded({ width: 101, height: 20 }), {
    fullWidth: 101,
    fullHeight: 51,
    left: 0,
    top: 15,
  });
});

Deno.test("placeOnSphere() keeps an image that fills it, and repeats the edges of a part", () => {
  const all = image(8, 4);
  equal(placeOnSphere(all, { width: 8, height: 4 }, whole({ width: 8, height: 4 })), all);
  const size = { width: 3, height: 2 };
  const full = placeOnSphere(image(3, 2), size, { fullWidth: 8, fullHeight: 4, left: 2, top: 1 });
  equal(row(full, 8, 1), "0,0 0,0 0,0 1,0 2,0 2,0 2,0 2,0"); // the shorter way round
  equal(row(full, 8, 0), row(full, 8, 1));
  equal(row(full, 8, 3), row(full, 8, 2));
  equal(row(full, 8, 2), "0,1 0,1 0,1 1,1 2,1 2,1 2,1 2,1");
});

Deno.test("placeOnSphere() and pixelAt() take an image across the seam", () => {
  const size = { width: 4, height: 4 };
  const placement = { fullWidth: 8, fullHeight: 4, left: 6, top: 0 };
  const full = placeOnSphere(image(4, 4), size, placement);
  equal(row(full, 8, 0), "2,0 3,0 3,0 3,0 0,0 0,0 0,0 1,0");
  deepEqual([6, 7, 0, 1, 2, 5, 8].map((x) => pixelAt(x, 1, size, placement)), [
    4,
    5,
    6,
    7,
    -1,
    -1,
    6,
  ]);
  equal(pixelAt(6, 4, size, placement), -1);
});
