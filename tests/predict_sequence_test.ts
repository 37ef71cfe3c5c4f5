import { deepEqual, equal, match } from "node:assert/strict";
import { assertClose } from "./helpers/assert_close.ts";
import { ROOT, taskWords } from "./helpers/command.ts";
import { floats, listing, need, picture, predict, test } from "./helpers/predict_command.ts";

const { default: sharp } = need.ignore ? { default: undefined! } : await import("sharp"); // wants permissions to load

test("predict keeps one range and scale over a sequence, without its broken frame", async ({ folder, checkpoint }) => {
  await Deno.mkdir(`${folder}/checkpoints`); // as a run folder
  await Deno.rename(checkpoint, `${folder}/checkpoints/step-00000007.safetensors`);
  await Deno.writeTextFile(`${folder}/checkpoints/latest`, "step-00000007.safetensors\n");
  await Deno.writeTextFile(`${folder}/config.json`, "{}");
  const frames = `${folder}/frames`;
  await Deno.mkdir(frames);
  for (let t = 8; t < 12; t++) await picture(128, 64, t / 40).png().toFile(`${frames}/f${t}.png`);
  await Deno.writeTextFile(`${frames}/f9.png`, "torn");
  await picture(192, 96).png().toFile(`${frames}/f12.png`);
  const args = [frames, "--checkpoint", folder, "--output", `${folder}/out`, "--maps", "--npy"];
  const { code, stdout } = await predict([...args, "--sequence", "--median-distance", "3"]);
  equal(code, 1);
  match(stdout, /^failed {6}.*f9\.png: it is not an image of a known format$/m);
  match(
    stdout,
    /^failed {6}.*f12\.png: its size is 192x96: most frames are 128x64, and all need the same$/m,
  );
  match(stdout, /^3 of 5 predicted$/m);
  const told = await Promise.all(
    [8, 10, 11].map(async (t) =>
      (await sharp(`${folder}/out/f${t}-disparity16.png`).metadata()).comments
    ),
  );
  deepEqual(told[1], told[0]);
  deepEqual(told[2], told[0]);
  const scales = await Promise.all([8, 10].map(async (t) => {
    const [d] = await floats(`${folder}/out/f${t}-disparity.npy`);
    return d! * (await floats(`${folder}/out/f${t}-distance.npy`))[0]!;
  }));
  assertClose([scales[1]!], [scales[0]!]);
});

test("predict --sequence leaves nothing in the temporary folder when it is interrupted", async ({ folder, checkpoint }) => {
  const temporary = `${folder}/tmp`;
  await Deno.mkdir(temporary);
  const frames = Array.from({ length: 60 }, (_, t) => `${folder}/f${t}.png`);
  for (const [t, path] of frames.entries()) await picture(128, 64, t / 60).png().toFile(path);
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      ...taskWords("predict"),
      ...frames,
      "--checkpoint",
      checkpoint,
      "--output",
      `${folder}/out`,
      "--sequence",
    ],
    cwd: ROOT,
    env: { TMPDIR: temporary, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let [said, killed] = ["", false];
  for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (killed || !said.includes("panorama 0/60")) continue; // the first frame is predicted
    process.kill("SIGINT");
    killed = true;
  }
  const { signal } = await process.status;
  equal(signal, "SIGINT", said);
  deepEqual(listing(temporary), []);
});
