import { deepEqual, match, throws } from "node:assert/strict";
import { checkSamePanoramas, checkSameRun, describePanoramas, type RunsOn } from "./same_run.ts";

const adapter = { name: "llvmpipe", kind: "cpu", subgroups: true } as const;
const teacher = { name: "builtin", sha256: "aa" };
const versions = { deno: "2.9.3", sharp: "0.35.5" };
const run: RunsOn = { adapter, teacher, versions, commit: "abc" };

Deno.test("checkSameRun() has nothing to say where nothing differs, nor of runs that did not record it", () => {
  deepEqual(checkSameRun("runs/a", run, run), []);
  deepEqual(checkSameRun("runs/a", { adapter }, run), []);
  deepEqual(checkSameRun("runs/a", run, { adapter }), []);
});

Deno.test("checkSameRun() refuses another teacher", () => {
  throws(
    () => checkSameRun("runs/a", run, { adapter, teacher: { ...teacher, sha256: "bb" } }),
    /Cannot resume "runs\/a" as its teacher "builtin" is no longer the same model: its SHA-256 is bb, it was aa;/,
  );
});

Deno.test("checkSameRun() tells of another adapter", () => {
  const gpu = { adapter: { name: "Apple M3", kind: "gpu", subgroups: true }, teacher } as const;
  match(
    checkSameRun("runs/a", run, gpu).join("\n"),
    /^The run began on llvmpipe .* goes on on Apple M3 .* to the bit$/,
  );
  const plain = { adapter: { ...adapter, subgroups: false }, teacher };
  match(checkSameRun("runs/a", run, plain).join("\n"), /with subgroups .* without subgroups/);
});

Deno.test("checkSameRun() tells of each other version and of another commit", () => {
  const later = { ...run, versions: { ...versions, sharp: "0.36.0" }, commit: "def" };
  deepEqual(
    checkSameRun("runs/a", run, later).map((text) => text.replace(/:.*/, "")),
    [
      "The run began on sharp 0.35.5 and goes on on sharp 0.36.0",
      "The run began on commit abc and goes on on commit def",
    ],
  );
});

Deno.test("checkSamePanoramas() refuses files that came, went or were renamed", async () => {
  const then = await describePanoramas(["a.png", "b.png"]);
  checkSamePanoramas("runs/a", then, await describePanoramas(["a.png", "b.png"]));
  checkSamePanoramas("runs/a", undefined, then); // of an older record
  const refuses = async (names: string[], reason: RegExp) => {
    const now = await describePanoramas(names);
    throws(() => checkSamePanoramas("runs/a", then, now), reason);
  };
  await refuses(["a.png"], /"runs\/a".*: there are 1, there were 2, .*or start a new run/);
  await refuses(["a.png", "c.png"], /: there are 2 as before, but under other names/);
  await refuses(["b.png", "a.png"], /: there are 2 as before, but .* in another order/);
  throws(() => checkSamePanoramas("runs/a", then, undefined), /there are 0, there were 2/);
});
