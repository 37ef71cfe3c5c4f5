import { deepEqual, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { parseSpec } from "./spec.ts";

const need = ignoreWithout({ read: true, write: true, env: true, sys: true, ffi: true });
const { listImages } = need.ignore
  ? {} as typeof import("./folder_images.ts")
  : await import("./folder_images.ts"); // sharp wants permissions to load
const inFolder = folderTests(need);

/** Files that are listed and not read. */
function test(
  name: string,
  files: readonly string[],
  use: (folder: string) => Promise<void>,
): void {
  inFolder(name, async (folder) => {
    for (const file of files) {
      await Deno.mkdir(`${folder}/${file}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${folder}/${file}`, "");
    }
    await use(folder);
  });
}

/** Names of images with those of their masks, and the notes, the folder's path left out. */
async function listed(folder: string, spec: string) {
  const { files, notes, broken } = await listImages(parseSpec(spec));
  const short = (text: string) => text.replaceAll(`${folder}/`, "");
  return {
    files: files.map(({ name, mask }) => mask === undefined ? name : `${name} by ${short(mask)}`),
    notes: notes.map(short),
    broken: broken.map(({ path, reason }) => `${short(path)}: ${reason}`),
  };
}

test(
  "listImages() takes masks of any image ending, and says how many it found and which have no image",
  [
    "a.jpg",
    "b.jpg",
    "b_mask.jpg",
    "c.png",
    "c_mask.tif",
    "c_mask.PNG",
    "d_mask.webp",
    "e_mask.txt",
  ],
  async (folder) => {
    const { files, notes } = await listed(folder, `folder:${folder}/`);
    deepEqual(files, ["a.jpg", "b.jpg by b_mask.jpg", "c.png by c_mask.PNG"]);
    deepEqual(notes, [
      '2 of 3 images of "folder:" have a mask; masks without an image: d_mask.webp',
    ]);
  },
);

test(
  "listImages() refuses a mask folder that has no mask for any image, and says which name it would have",
  ["images/b.jpg", "images/b_mask.png", "masks/b-valid.png", "masks/x.png"],
  async (folder) => {
    await rejects(
      listed(folder, `folder:${folder}/images@masks=${folder}/masks`),
      /as none of its 1 images has a mask: the mask of "b\.jpg" would be ".*\/masks\/b\.png" or another image/,
    );
  },
);

test(
  "listImages() takes no image for its own mask where the masks stand among the images",
  ["a.jpg", "a_mask.png", "b.jpg"],
  async (folder) => {
    const { files } = await listed(folder, `folder:${folder}@masks=${folder}/`);
    deepEqual(files, ["a.jpg by a_mask.png", "b.jpg"]);
    await Deno.remove(`${folder}/a_mask.png`);
    await rejects(
      listed(folder, `folder:${folder}@masks=${folder}`),
      /none of its 2 images has a mask: the mask of "a\.jpg" would be ".*\/a_mask\.png"/,
    );
  },
);

test(
  "listImages() tells how many images have a mask in a mask folder, and takes no mask for a panorama",
  ["a.jpg", "s/b.jpg", "masks/s/b.png", "masks/a_mask.jpg", "masks/c.png", "d.jpg", "e.jpg"],
  async (folder) => {
    const { files, notes } = await listed(folder, `folder:${folder}@masks=${folder}/masks`);
    deepEqual(files, ["a.jpg by masks/a_mask.jpg", "d.jpg", "e.jpg", "s/b.jpg by masks/s/b.png"]);
    deepEqual(notes.map((note) => note.replace(/of ".*" /, "")), [
      "2 of 4 images have a mask; masks without an image: masks/c.png",
    ]);
  },
);

test(
  "listImages() follows links to folders once, and reports links to nothing",
  ["set/plain/a.jpg", "scenes/one/b.jpg", "scenes/two/deep/c.jpg"],
  async (folder) => {
    await Deno.symlink(`${folder}/scenes/one`, `${folder}/set/one`);
    await Deno.symlink(`../scenes/two`, `${folder}/set/two`);
    await Deno.symlink(`${folder}/set`, `${folder}/scenes/two/deep/back`); // a cycle
    await Deno.symlink(`${folder}/scenes/one/b.jpg`, `${folder}/set/image.jpg`);
    await Deno.symlink(`${folder}/scenes/three`, `${folder}/set/three`);
    await Deno.symlink("round", `${folder}/set/round`);
    const { files, notes, broken } = await listed(folder, `folder:${folder}/set`);
    deepEqual(files, ["image.jpg", "one/b.jpg", "plain/a.jpg", "two/deep/c.jpg"]);
    deepEqual(notes, []);
    deepEqual(broken.map((text) => text.replace(/fails: .*/, "fails")).sort(), [
      "set/round: it is a link that fails",
      "set/three: it is a link to nothing",
    ]);
  },
);

test(
  "listImages() leaves out what this program predicted, and says so",
  ["a.jpg", "predictions/a-disparity.png", "a-normals.png", "a-disparity.jpg"],
  async (folder) => {
    deepEqual(await listed(folder, `folder:${folder}`), {
      files: ["a-disparity.jpg", "a.jpg"],
      notes: [`Left out of "folder:${folder}": 2 predictions of this program`],
      broken: [],
    });
  },
);
