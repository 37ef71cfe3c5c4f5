import { deepEqual, equal, match } from "node:assert/strict";
import { need, predict } from "./helpers/predict_command.ts";
import { folderTests } from "./helpers/temporary_folder.ts";

const test = folderTests(need);
const base = ["a.jpg", "--checkpoint", "c.safetensors", "--output", "out"];
const wrong: Record<string, [args: string[], says: RegExp]> = {
  "no input": [base.slice(1), /No INPUT is given: name panoramas, folders or globs/],
  "an empty checkpoint": [
    [...base, "--checkpoint", ""],
    /--checkpoint is "": name a run folder of deno task train, .* ships with this program/,
  ],
  "an empty output": [[...base, "--output", ""], /--output is "": name a folder for the results/],
  "two scales": [
    [...base, "--scale", "2", "--median-distance", "3"],
    /both tell the scale: give one/,
  ],
  "a negative scale": [[...base, "--scale=-2"], /--scale is "-2": expected a positive number/],
  "a shift that is no number": [[...base, "--shift", "x"], /--shift is "x": expected a number/],
  "no rotations": [
    [...base, "--rotations", "0"],
    /--rotations is "0": expected a whole number of at least 1/,
  ],
  "a height between two": [
    [...base, "--height", "100"],
    /--height is "100": expected a multiple of 64/,
  ],
  "smoothing of single images": [[...base, "--smooth", "3"], /--smooth belongs to --sequence/],
};

for (const [what, [args, says]] of Object.entries(wrong)) {
  test(`predict refuses ${what} with exit code 2`, async () => {
    const { code, stdout, stderr } = await predict(args);
    match(stderr, says);
    deepEqual([code, stdout], [2, ""]);
  });
}

test("predict says what is wrong with a checkpoint, with exit code 1", async (folder) => {
  const bad = async (checkpoint: string): Promise<string> => {
    const { code, stderr } = await predict([
      "a.jpg",
      "--checkpoint",
      checkpoint,
      "--output",
      "out",
    ]);
    equal(code, 1);
    return stderr;
  };
  match(await bad(`${folder}/none.pth`), /Cannot read ".*none\.pth": there is no such file/);
  match(await bad(folder), /Cannot use ".*" as it is not a run folder: it has no config\.json/);
  await Deno.writeTextFile(`${folder}/config.json`, "{}");
  match(await bad(folder), /Cannot use ".*" as it has no checkpoint yet: let it train further/);
});
