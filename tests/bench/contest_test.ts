import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { impostor } from "../helpers/impostor.ts";
import { ignoreWithout } from "../helpers/permissions.ts";
import { folderTests } from "../helpers/temporary_folder.ts";
import { type Entry, hold, type Pace } from "./contest.ts";
import { typescript } from "./contestant_process.ts";
import type { ConvolutionWork } from "./work.ts";

const test = folderTests(ignoreWithout({ read: true, write: true, run: true, env: true }));
const pace: Pace = { rounds: 2, leastRounds: 1, seconds: 60, threads: 1 };
const work: ConvolutionWork = {
  kind: "convolution",
  batch: 1,
  height: 4,
  width: 4,
  inputs: 4,
  outputs: 4,
  kernel: 3,
  stride: 1,
};
const own: Entry = { name: "own", start: typescript("own") };

test("hold() times who computes the same and says why it does not time the others", async (folder) => {
  const wrong = await impostor(folder, {
    open: 'say({ kind: "opened", versions: {} })',
    check:
      `Deno.copyFileSync(request.to.replace(/(wrong|other)(?=.safetensors)/, "own"), request.to);
        const bytes = Deno.readFileSync(request.to); bytes[bytes.length - 1] ^= 1;
        Deno.writeFileSync(request.to, bytes); say({ kind: "checked" })`,
  });
  const contest = await hold(
    work,
    [
      own,
      { name: "again", start: typescript("own") },
      { name: "wrong", start: wrong },
      { name: "absent", absent: "not on this machine" },
      { name: "dead", start: [Deno.execPath(), "eval", 'console.error("no such thing")'] },
    ],
    pace,
    () => {},
  );
  equal(contest.rounds, 2);
  const [first, again, impostorRow, absent, dead] = contest.standings;
  deepEqual(first!.timesOwn, { median: 1, min: 1, max: 1 });
  equal(again!.error, 0, "the same code gives the same bits");
  ok(again!.seconds!.min > 0 && again!.peakMemory! > 0 && again!.adapter);
  match(impostorRow!.skipped!, /it computes something else: "(y|dx|dw)" is off by .* at a small/);
  equal(impostorRow!.seconds, undefined);
  equal(absent!.skipped, "not on this machine");
  match(dead!.skipped!, /The process ended at "open": .*no such thing/);
});

test("hold() times who is wrong at this size only, and tells of it", async (folder) => {
  const limited = await impostor(folder, {
    open: 'globalThis.height = request.work.height; say({ kind: "opened", versions: {} })',
    check: `const own = request.to.replace(/(limited|other)(?=.safetensors)/, "own");
        const bytes = Deno.readFileSync(own); if (height > 16) bytes.fill(0, bytes.length - 64);
        Deno.writeFileSync(request.to, bytes); say({ kind: "checked" })`,
    run: 'say({ kind: "ran", seconds: 1, cpuSeconds: 2 })',
    close: 'say({ kind: "closed", peakMemory: 3 }); Deno.exit(0)',
  });
  const large = { ...work, height: 20, width: 20 };
  const { standings: [, row] } = await hold(
    large,
    [own, { name: "limited", start: limited }],
    pace,
    () => {},
  );
  match(row!.wrong!, /"(y|dx|dw)" is off by .* at this size, 0e\+0 at a small one/);
  equal(row!.seconds!.median, 1);
  equal(row!.peakMemory, 3);
  ok(row!.error! > 1e-3);
});

test("hold() goes on without who dies in its turn, and says why", async (folder) => {
  const mortal = await impostor(folder, {
    open: 'say({ kind: "opened", versions: {} })',
    check: `Deno.copyFileSync(request.to.replace(/mortal(?=.safetensors)/, "own"), request.to);
        say({ kind: "checked" })`,
    run: `globalThis.runs = (globalThis.runs ?? 0) + 1;
        if (runs > 2) { console.error("out of memory"); Deno.exit(9); }
        say({ kind: "ran", seconds: 40, cpuSeconds: 40 })`,
  });
  const entries = [own, { name: "mortal", start: mortal }, { name: "last", start: own.start }];
  const { standings, rounds } = await hold(work, entries, pace, () => {});
  equal(rounds, 2);
  match(standings[1]!.skipped!, /it failed in round 2: The process ended .* out of memory/);
  equal(standings[1]!.seconds, undefined);
  ok(standings[2]!.seconds!.min > 0);
});

test("hold() fails where this project itself does", async (folder) => {
  const start = await impostor(folder, {
    open: 'say({ kind: "failed", reason: "no adapter" })',
  });
  await rejects(hold(work, [{ name: "own", start }], pace, () => {}), /no adapter/);
});

test("Contestants do not get the settings that denow makes for this project's memory", async (folder) => {
  const asked = await impostor(folder, {
    open:
      'say({ kind: "failed", reason: `${process.env.MALLOC_ARENA_MAX} ${process.env.HOME_OF_TEST}` })',
  });
  using restored = new DisposableStack();
  for (const [name, value] of [["MALLOC_ARENA_MAX", "4"], ["HOME_OF_TEST", "here"]] as const) {
    const before = Deno.env.get(name);
    restored.defer(() => before === undefined ? Deno.env.delete(name) : Deno.env.set(name, before));
    Deno.env.set(name, value);
  }
  await rejects(hold(work, [{ name: "own", start: asked }], pace, () => {}), /undefined here/);
});
