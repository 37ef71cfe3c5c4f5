import { deepEqual } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";

const need = ignoreWithout({ read: true, write: true, env: true, sys: true, ffi: true });

async function found(
  names: readonly string[],
  output = "nowhere",
  more: readonly string[] = [],
  links: Readonly<Record<string, string>> = {},
): Promise<[string[][], string[]]> {
  const { findInputs } = await import("./find_inputs.ts");
  await using folder = await temporaryFolder();
  const at = (name: string): string => `${folder.path}/${name}`;
  for (
    const name of [
      "b/x10.jpg",
      "b/x2.JPG",
      "b/deep/x2.png",
      "b/notes.txt",
      "c/x2.webp",
      "b/out/y.png",
      ...more,
    ]
  ) {
    await Deno.mkdir(at(name).replace(/\/[^/]+$/, ""), { recursive: true });
    await Deno.writeTextFile(at(name), "");
  }
  await Deno.mkdir(at("empty"));
  for (const [name, to] of Object.entries(links)) await Deno.symlink(at(to), at(name));
  const { files, problems } = await findInputs(names.map(at), at(output));
  const short = (path: string): string => path.slice(folder.path.length + 1);
  return [
    files.map(({ path, name }) => [short(path), name]),
    problems.map(({ path, reason }) => `${short(path)}: ${reason}`),
  ];
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + need.suffix, ignore: need.ignore, fn });
}

test("findInputs() searches folders in natural order, but not the results", async () => {
  deepEqual(await found(["b"], "b/out"), [
    [["b/deep/x2.png", "deep/x2"], ["b/x2.JPG", "x2"], ["b/x10.jpg", "x10"]],
    [],
  ]);
});

test("findInputs() leaves out what is called as a result, wherever it lies, unless it is named itself", async () => {
  const images = [["b/deep/x2.png", "deep/x2"], ["b/out/y.png", "out/y"], ["b/x2.JPG", "x2"], [
    "b/x10.jpg",
    "x10",
  ]];
  const results = ["b/x2-disparity.png", "b/deep/x2-disparity16.png"];
  deepEqual(await found(["b"], "b", results), [images, []]);
  deepEqual(await found(["b"], ".", results), [images, []]);
  deepEqual(await found(["b"], "elsewhere", results), [images, []]); // those of an earlier run
  deepEqual(await found(["b/x2-disparity.png"], "elsewhere", results), [
    [["b/x2-disparity.png", "x2-disparity"]],
    [],
  ]);
  deepEqual(await found(["b/x*.*"], ".", results), [
    [["b/x2.JPG", "x2"], ["b/x10.jpg", "x10"]],
    [],
  ]);
});

test("findInputs() follows links to folders, says which lead nowhere, and leaves out what is hidden", async () => {
  const hidden = ["b/._x2.JPG", "b/.thumbs/x2.jpg"];
  const links = { "b/more": "c", "b/round": "b", "b/gone": "lost" };
  deepEqual(await found(["b"], "b/out", hidden, links), [
    [
      ["b/deep/x2.png", "deep/x2"],
      ["b/more/x2.webp", "more/x2"],
      ["b/x2.JPG", "x2"],
      ["b/x10.jpg", "x10"],
    ],
    ["b/gone: it is a link to nothing"],
  ]);
});

test("findInputs() says which folder below a named one cannot be searched, and goes on", async () => {
  const { readDir } = Deno; // root may read anything: a closed folder is played
  Deno.readDir = (path) => {
    if (`${path}`.endsWith("deep")) throw new Deno.errors.PermissionDenied("Permission denied");
    return readDir(path);
  };
  try {
    deepEqual(await found(["b"], "b/out"), [
      [["b/x2.JPG", "x2"], ["b/x10.jpg", "x10"]],
      ["b/deep: it cannot be searched: Permission denied"],
    ]);
  } finally {
    Deno.readDir = readDir;
  }
});

test("findInputs() searches folders that a glob matches as if they were named", async () => {
  deepEqual(await found(["[bc]", "emp*"], "b/out"), [
    [["b/deep/x2.png", "deep/x2"], ["b/x2.JPG", "x2"], ["b/x10.jpg", "x10"], [
      "c/x2.webp",
      "x2-2",
    ]],
    ["emp*: it matches no image"],
  ]);
});

test("findInputs() takes globs, files of any name, and each file once", async () => {
  deepEqual(await found(["c/*.webp", "b/notes.txt", "b/x*", "c/x2.webp"]), [
    [["c/x2.webp", "x2"], ["b/notes.txt", "notes"], ["b/x2.JPG", "x2-2"], ["b/x10.jpg", "x10"]],
    [],
  ]);
});

test("findInputs() tells what has no image, and leaves missing files to their reader", async () => {
  deepEqual(await found(["empty", "q*.png", "missing.jpg"]), [
    [["missing.jpg", "missing"]],
    [
      "empty: it has no images (jpg, jpeg, png, webp, avif, tif, tiff, exr, hdr)",
      "q*.png: it matches no image",
    ],
  ]);
});
