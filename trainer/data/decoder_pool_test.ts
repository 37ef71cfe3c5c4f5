import { deepEqual, equal, rejects } from "node:assert/strict";
import { decoderCount } from "./decoder_pool.ts";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { writeWaves } from "../../tests/helpers/wave_panorama.ts";

const need = ignoreWithout({ read: true, write: true, env: true, sys: true, ffi: true });
const test = folderTests(need);

Deno.test("decoderCount() leaves the cores to a software adapter, and one beside a GPU", () => {
  const counts = [1, 2, 3, 6, 64].map((cores) => decoderCount("gpu", cores));
  deepEqual(counts, [1, 1, 2, 5, 8]);
  equal(decoderCount("cpu", 64), 1);
});

test("DecoderPool decodes as one thread does, each image for who asked for it, and says the same of bad ones", async (folder) => {
  const { DecoderPool } = await import("./decoder_pool.ts");
  const { decodeHere } = await import("./folder_source.ts");
  const paths = Array.from({ length: 7 }, (_, i) => `${folder}/${i}.jpg`);
  for (const [i, path] of paths.entries()) await writeWaves(path, { seed: i });
  await Deno.writeTextFile(`${folder}/text.jpg`, "text");
  const bad = [`${folder}/text.jpg`, `${folder}/absent.jpg`];
  using pool = new DecoderPool(3);
  const all = await Promise.all([
    ...paths.map((path) => pool.decode(path, 32)),
    ...bad.map((path) => pool.decode(path, 32).catch((error: Error) => error.message)),
  ]);
  deepEqual(all.slice(paths.length), [
    "it is not an image of a known format",
    "there is no such file",
  ]);
  for (const [i, path] of paths.entries()) deepEqual(all[i], await decodeHere(path, 32));
  await rejects(pool.decode(paths[0]!, 32, bad[0]), /its mask ".*text.jpg" is unusable/);
});
