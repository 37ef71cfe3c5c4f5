import { deepEqual, throws } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { withPngText } from "./png_text.ts";

const need = ignoreWithout({ read: true, env: true, sys: true, ffi: true }); // what sharp needs

Deno.test({
  name: "withPngText() adds texts that sharp reads, and keeps 16-bit pixels" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const { default: sharp } = await import("sharp");
    const values = Uint16Array.of(0, 1, 256, 65535, 12345, 777);
    const png = await sharp(values, { raw: { width: 3, height: 2, channels: 1 } })
      .toColourspace("grey16").png().toBuffer();
    const told = withPngText(png, { Near: "7.25", Far: "0.5" });
    const meta = await sharp(told).metadata();
    deepEqual([meta.width, meta.height, meta.depth, meta.channels], [3, 2, "ushort", 1]);
    deepEqual(meta.comments, [{ keyword: "Near", text: "7.25" }, { keyword: "Far", text: "0.5" }]);
    const raw = await sharp(told, { failOn: "warning" }).toColourspace("grey16")
      .raw({ depth: "ushort" }).toBuffer();
    deepEqual(new Uint16Array(raw.buffer, raw.byteOffset, 6), values);
  },
});

Deno.test("withPngText() refuses what a text chunk cannot hold", () => {
  throws(() => withPngText(new Uint8Array(64), { Note: "Ω" }), /only Latin-1 texts/);
  throws(() => withPngText(new Uint8Array(64), { "": "x" }), /keywords of 1 to 79 characters/);
});
