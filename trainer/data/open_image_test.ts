import { deepEqual, equal, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";
import { tiff } from "../../tests/helpers/tiff.ts";
import { encodeExr } from "../formats/exr.ts";

const need = ignoreWithout({ read: true, write: true, env: true, sys: true, ffi: true });
const { openImage } = need.ignore
  ? {} as typeof import("./open_image.ts")
  : await import("./open_image.ts"); // sharp wants permissions to load

/** A test with a way to open a file of these bytes. */
function test(
  name: string,
  use: (
    open: (bytes: Uint8Array<ArrayBuffer>, name?: string) => ReturnType<typeof openImage>,
  ) => Promise<void>,
): void {
  Deno.test({
    name: name + need.suffix,
    ignore: need.ignore,
    async fn() {
      await using folder = await temporaryFolder();
      await use(async (bytes, name = "a.tif") => {
        await Deno.writeFile(`${folder.path}/${name}`, bytes);
        return await openImage(`${folder.path}/${name}`);
      });
    },
  });
}

const size = { width: 4, height: 2 };

/** Pixels that are all 10, 20, 30, … */
function tens(channels: number): Uint8Array {
  return Uint8Array.from({ length: 8 * channels }, (_, i) => 10 * (i % channels + 1));
}

test("openImage() refuses channels beyond alpha, which would shift every pixel", async (open) => {
  for (const channels of [5, 6, 9]) {
    await rejects(
      open(tiff(tens(channels), size)),
      new RegExp(`^RangeError: it has ${channels} channels: save it as RGB or RGBA$`),
    );
  }
  await rejects(open(tiff(tens(3), { ...size, colours: 1 })), /^RangeError: it has 3 channels/);
  const first = async (bytes: Uint8Array<ArrayBuffer>) => {
    const image = await open(bytes);
    return image.kind === "picture" && [...(await image.pixels()).subarray(4, 8)];
  };
  deepEqual(await first(tiff(tens(3), size)), [10, 20, 30, 255]);
  deepEqual(await first(tiff(tens(4), size)), [10, 20, 30, 40]);
  deepEqual(await first(tiff(tens(2), { ...size, colours: 1 })), [10, 10, 10, 20]);
});

test("openImage() takes floats for light, of any range, grey too, and leaves none broken", async (open) => {
  const light = Float32Array.from({ length: 24 }, (_, i) => 2 ** (i - 10));
  light.set([NaN, -1, Infinity]);
  const image = await open(tiff(light, size));
  equal(image.kind, "light");
  deepEqual([image.width, image.height], [4, 2]);
  deepEqual(image.kind === "light" && image.rgb, light.with(0, 0).with(1, 0).with(2, 65504));
  const greys = Float32Array.from({ length: 8 }, (_, i) => 1000 * i);
  const grey = await open(tiff(greys, { ...size, colours: 1 }));
  deepEqual(
    grey.kind === "light" && grey.rgb,
    Float32Array.from({ length: 24 }, (_, i) => greys[Math.floor(i / 3)]!),
  );
  const halves = await open(tiff(Float16Array.from(light), size));
  deepEqual(halves.kind === "light" && halves.rgb[23], 2 ** 13);
});

test("openImage() refuses depths that would lose their range", async (open) => {
  const kinds = {
    uint: Uint32Array,
    int: Int32Array,
    short: Int16Array,
    char: Int8Array,
  };
  for (const [depth, Kind] of Object.entries(kinds)) {
    await rejects(
      open(tiff(new Kind(24), size)),
      new RegExp(`^RangeError: its depth is "${depth}": save it with 8 or 16 bits$`),
    );
  }
  await rejects(
    open(tiff(new Float16Array(8), { ...size, colours: 1 })),
    /its greys are floats of 16 bits: save it with 32 bits or as RGB$/,
  );
  await rejects(
    open(tiff(new Float64Array(24), size)),
    /than 32 bits, .*: save it with 8 or 16 bits$/,
  );
});

test("openImage() tells EXR and Radiance by their bytes, and why they are of no use", async (open) => {
  const exr = encodeExr(new Float32Array(8).fill(2), size);
  for (const name of ["a.exr", "a", "a.png"]) equal((await open(exr, name)).kind, "light");
  await rejects(
    open(exr.slice(0, -9), "a.exr"),
    /^SyntaxError: it is damaged or cut off \([^/]+\)$/,
  );
  const hdr = new TextEncoder().encode(
    "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 4\n" + "AAAA".repeat(8),
  );
  equal((await open(hdr, "a.jpg")).kind, "light");
  await rejects(open(hdr.slice(0, -1), "a.hdr"), /^SyntaxError: it is cut off: row 2 of 2/);
  equal((await open(tiff(tens(3), size), "a.exr")).kind, "picture");
});

test("openImage() says how large a picture may be", async (open) => {
  const bytes = tiff(tens(3), size); // its pixels are looked for after its size
  const view = new DataView(bytes.buffer);
  for (const [entry, value] of [[0, 23_200], [1, 11_600]] as const) {
    view.setUint32(10 + 12 * entry + 8, value, true);
  }
  await rejects(
    open(bytes),
    /^RangeError: it has 23200x11600 pixels, at most 268 megapixels are read: make it smaller$/,
  );
});
