import { equal, ok, throws } from "node:assert/strict";
import { divide } from "./blocks.ts";

/** shared/blocks.wgsl `share()` in plain numbers: the pixels and column of a thread. */
function share(uniforms: readonly number[], tile: number, column: number, local: number) {
  const [pixels = 0, vectors = 0, lanes = 0, strips = 0, interleave = 0, chunk = 0, block = 0] =
    uniforms;
  const strip = Math.floor(local / lanes);
  const own = column * 64 + local % lanes;
  const turn = Math.floor(strip / interleave);
  const start = tile * block + turn * chunk;
  const idle = strip >= strips || own >= vectors;
  const end = idle ? 0 : Math.min(start + chunk, pixels);
  return { column: own, first: start + strip % interleave, end, interleave };
}

// One vec4, some, a workgroup of them, more, no power of two; one pixel, primes, many.
for (const channels of [1, 4, 6, 12, 16, 20, 44, 64, 256, 260, 512, 1024]) {
  for (const [pixels, perThread, most] of [[1, 8, 65535], [131, 16, 65535], [997, 2, 7]] as const) {
    Deno.test(`divide() of ${pixels} pixels, ${channels} channels gives each to one thread`, () => {
      const { uniforms, vectors, workgroups } = divide(3, pixels, channels, perThread, most);
      const [tiles, columns, images] = workgroups;
      equal(images, 3);
      ok(tiles <= most);
      const seen = new Uint8Array(pixels * vectors);
      for (let tile = 0; tile < tiles; tile++) {
        for (let column = 0; column < columns; column++) {
          for (let local = 0; local < 64; local++) {
            const own = share(uniforms, tile, column, local);
            for (let p = own.first; p < own.end; p += own.interleave) {
              seen[p * vectors + own.column]!++;
            }
          }
        }
      }
      ok(seen.every((times) => times === 1));
    });
  }
}

Deno.test("divide() stays within the workgroups of a dispatch", () => {
  const { workgroups } = divide(1, 2 ** 26, 256, 2);
  ok(Math.max(...workgroups) <= 65535);
  throws(() => divide(65536, 1, 4, 8), /Cannot divide 65536 images or rows/);
});
