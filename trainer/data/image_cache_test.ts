import { equal } from "node:assert/strict";
import { ImageCache } from "./image_cache.ts";
import { byteImage } from "./panorama_image.ts";

Deno.test("ImageCache drops the least recently used and never exceeds its limit", () => {
  const image = (height: number) =>
    byteImage(new Uint8Array(height * height * 8), 2 * height, height);
  const cache = new ImageCache(3 * 32); // three images of 2 x 4 x 4 bytes
  for (const key of ["a", "b", "c"]) cache.set(key, image(2));
  equal(cache.bytes, 96);
  cache.get("a");
  cache.set("d", image(2));
  equal(cache.get("b"), undefined);
  equal(cache.get("a")?.bytes, 32);
  cache.set("huge", image(4));
  equal(cache.get("huge"), undefined);
  cache.set("a", image(2));
  equal(cache.bytes, 96);
});
