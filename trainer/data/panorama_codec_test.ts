import { deepEqual, rejects } from "node:assert/strict";
import { byteImage, exposedImage } from "./panorama_image.ts";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";

const need = ignoreWithout({ read: true, env: true, sys: true, ffi: true });
const [width, height] = [64, 32];
const pixels = width * height;
const rgba = Uint8Array.from({ length: 4 * pixels }, (_, i) => i * 7919 >> 3);
const rgb = Float32Array.from({ length: 3 * pixels }, (_, i) => Math.exp(Math.sin(i) * 9));
const mask = Uint8Array.from({ length: pixels }, (_, i) => i % 3 === 0 ? 0 : 1);
const images = {
  "a picture": () => byteImage(rgba.slice(), width, height),
  "a picture with a mask": () => byteImage(rgba.slice(), width, height, mask),
  "light": () => exposedImage({ width, height, rgb }),
  "light with a mask": () => exposedImage({ width, height, rgb }, mask),
};

for (const [name, image] of Object.entries(images)) {
  Deno.test({
    name: `decodePanorama() gives ${name} back to the bit, or throws` + need.suffix,
    ignore: need.ignore,
    async fn() {
      const { decodePanorama, encodePanorama } = await import("./panorama_codec.ts");
      const file = await encodePanorama(image());
      deepEqual(await decodePanorama(file, height), image());
      await rejects(decodePanorama(file, 64), /another size/);
      await rejects(decodePanorama(file.subarray(0, file.length - 40), height));
      for (const at of [0.3, 0.6, 0.9]) {
        const damaged = file.slice();
        damaged[Math.floor(at * file.length)]! ^= 0x55;
        await rejects(decodePanorama(damaged, height), `at ${at}`);
      }
    },
  });
}
