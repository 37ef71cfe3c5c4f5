import { deepEqual, equal, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { tiff } from "../../tests/helpers/tiff.ts";
import { encodeExr } from "../formats/exr.ts";

const need = ignoreWithout({ read: true, write: true, env: true, sys: true, ffi: true });
const { openImage } = need.ignore
  ? {} as typeof import("./open_image.ts")
  : await import("./open_image.ts"); // sharp wants permissions to load

const test = folderTests(need);

/** Opens a file of these bytes. */
async function open(folder: string, bytes: Uint8Array<ArrayBuffer>, name = "a.tif") {
  await Deno.writeFile(`${folder}/${name}`, bytes);
  return await openImage(`${folder}/${name}`);
}

const size = { width: 4, height: 2 };

/** Pixels that are all 10, 20, 30, … */
function tens(channels: number): Uint8Array {
  return Uint8Array.from({ length: 8 * channels }, (_, i) => 10 * (i % channels + 1));
}

test("openImage() refuses channels beyond alpha, which would shift every pixel", async (folder) => {
  for (const channels of [5, 6, 9]) {
    await rejects(
      open(folder, tiff(tens(channels), size)),
      new RegExp(`^RangeError: it has ${channels} channels: save it as RGB or RGBA$`),
    );
  }
  await rejects(
    open(folder, tiff(tens(3), { ...size, colours: 1 })),
    /^RangeError: it has 3 channels/,
  );
  const first = async (bytes: Uint8Array<ArrayBuffer>) => {
    const image = await open(folder, bytes);
    return image.kind === "picture" && [...(await image.pixels()).subarray(4, 8)];
  };
  deepEqual(await first(tiff(tens(3), size)), [10, 20, 30, 255]);
  deepEqual(await first(tiff(tens(4), size)), [10, 20, 30, 40]);
  deepEqual(await first(tiff(tens(2), { ...size, colours: 1 })), [10, 10, 10, 20]);
});

test("openImage() takes floats for light, of any range, grey too, and leaves none broken", async (folder) => {
  const light = Float32Array.from({ length: 24 }, (_, i) => 2 ** (i - 10));
  light.set([NaN, -1, Infinity]);
  const image = await open(folder, tiff(light, size));
  equal(image.kind, "light");
  deepEqual([image.width, image.height], [4, 2]);
  deepEqual(image.kind === "light" && image.rgb, light.with(0, 0).with(1, 0).with(2, 65504));
  const greys = Float32Array.from({ length: 8 }, (_, i) => 1000 * i);
  const grey = await open(folder, tiff(greys, { ...size, colours: 1 }));
  deepEqual(
    grey.kind === "light" && grey.rgb,
    Float32Array.from({ length: 24 }, (_, i) => greys[Math.floor(i / 3)]!),
  );
  const halves = await open(folder, tiff(Float16Array.from(light), size));
  deepEqual(halves.kind === "light" && halves.rgb[23], 2 ** 13);
});

test("openImage() refuses depths that would lose their range", async (folder) => {
  const kinds = {
    uint: Uint32Array,
    int: Int32Array,
    short: Int16Array,
    char: Int8Array,
  };
  for (const [depth, Kind] of Object.entries(kinds)) {
    await rejects(
      open(folder, tiff(new Kind(24), size)),
      new RegExp(`^RangeError: its depth is "${depth}": save it with 8 or 16 bits$`),
    );
  }
  await rejects(
    open(folder, tiff(new Float16Array(8), { ...size, colours: 1 })),
    /its greys are floats of 16 bits: save it with 32 bits or as RGB$/,
  );
  await rejects(
    open(folder, tiff(new Float64Array(24), size)),
    /than 32 bits, .*: save it with 8 or 16 bits$/,
  );
});

test("openImage() tells EXR and Radiance by their bytes, and why they are of no use", async (folder) => {
  const exr = encodeExr(new Float32Array(8).fill(2), size);
  for (const name of ["a.exr", "a", "a.png"]) equal((await open(folder, exr, name)).kind, "light");
  await rejects(
    open(folder, exr.slice(0, -9), "a.exr"),
    /^SyntaxError: it is damaged or cut off \([^/]+\)$/,
  );
  const hdr = new TextEncoder().encode(
    "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 4\n" + "AAAA".repeat(8),
  );
  equal((await open(folder, hdr, "a.jpg")).kind, "light");
  await rejects(open(folder, hdr.slice(0, -1), "a.hdr"), /^SyntaxError: it is cut off: row 2 of 2/);
  equal((await open(folder, tiff(tens(3), size), "a.exr")).kind, "picture");
});

test("openImage() says how large a picture may be", async (folder) => {
  const bytes = tiff(tens(3), size); // its pixels are looked for after its size
  const view = new DataView(bytes.buffer);
  for (const [entry, value] of [[0, 23_200], [1, 11_600]] as const) {
    view.setUint32(10 + 12 * entry + 8, value, true);
  }
  await rejects(
    open(folder, bytes),
    /^RangeError: it has 23200x11600 pixels, at most 268 megapixels are read: make it smaller$/,
  );
});
