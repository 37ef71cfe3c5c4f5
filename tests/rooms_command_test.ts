import { deepEqual, equal, match } from "node:assert/strict";
import { ROOT, runDeno } from "./helpers/command.ts";
import { ignoreWithout } from "./helpers/permissions.ts";
import { temporaryFolder } from "./helpers/temporary_folder.ts";

const need = ignoreWithout({ read: true, run: true, env: true });
const ROOMS = ["-A", "trainer/commands/rooms.ts"];

/** What a user gets wrong, and what the command answers with exit code 2. */
const WRONG: Record<string, { args: string[]; says: RegExp }> = {
  "no folder": { args: [], says: /^--output is missing: expected a folder$/m },
  "an unknown style": {
    args: ["--output", "no", "--style", "castle"],
    says: /^--style is "castle": expected one of living, /m,
  },
  "an unknown split": {
    args: ["--output", "no", "--split", "tomorrow"],
    says: /^--split is "tomorrow": expected train, val or test$/m,
  },
  "a split that is a word of the language": {
    args: ["--output", "no", "--split", "toString"],
    says: /^--split is "toString": expected train, val or test$/m,
  },
  "a height that is too small": {
    args: ["--output", "no", "--height", "8"],
    says: /^--height is "8": expected a whole number of at least 16$/m,
  },
};

for (const [what, { args, says }] of Object.entries(WRONG)) {
  Deno.test({
    name: `rooms refuses ${what} with exit code 2` + need.suffix,
    ignore: need.ignore,
    async fn() {
      const { code, stdout, stderr } = await runDeno([...ROOMS, ...args]);
      match(stderr, says);
      deepEqual([code, stdout], [2, ""]);
      equal(await Deno.stat(`${ROOT}/no`).catch(() => undefined), undefined);
    },
  });
}

const draws = ignoreWithout({
  read: true,
  write: true,
  run: true,
  env: true,
  sys: true,
  ffi: true,
});

Deno.test({
  name: "rooms draws a sheet that takes the place of the one before at once" + draws.suffix,
  ignore: draws.ignore,
  async fn() {
    await using temporary = await temporaryFolder();
    const folder = `${temporary.path}/sheets`;
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/rooms-open.png`, "the old sheet");
    await Deno.link(`${folder}/rooms-open.png`, `${temporary.path}/old`); // sees what is written in place
    const small = ["--style", "open", "--count", "3", "--height", "16", "--samples", "1"];
    const { code, stdout, stderr } = await runDeno([...ROOMS, "--output", `${folder}/`, ...small]);
    deepEqual([code, stdout], [0, `${folder}/rooms-open.png\n`], stderr);
    equal(await Deno.readTextFile(`${temporary.path}/old`), "the old sheet");
    const { default: sharp } = await import("sharp");
    const { format, width, height } = await sharp(`${folder}/rooms-open.png`).metadata();
    deepEqual([format, width, height], ["png", 2 + 4 * 34, 2 + 2 * 18]); // two rows of two panoramas
    deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["rooms-open.png"]);
  },
});
