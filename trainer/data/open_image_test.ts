import { deepEqual, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";
import { tiff } from "../../tests/helpers/tiff.ts";

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
