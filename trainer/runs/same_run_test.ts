import { equal, match, throws } from "node:assert/strict";
import { checkSameRun, type RunsOn } from "./same_run.ts";

const adapter = { name: "llvmpipe", kind: "cpu", subgroups: true } as const;
const teacher = { name: "builtin", sha256: "aa" };
const run: RunsOn = { adapter, teacher };

Deno.test("checkSameRun() has nothing to say where nothing differs, nor of runs that did not record it", () => {
  equal(checkSameRun("runs/a", run, run), undefined);
  equal(checkSameRun("runs/a", { adapter }, run), undefined);
  equal(checkSameRun("runs/a", { adapter }, { adapter }), undefined);
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
    checkSameRun("runs/a", run, gpu)!,
    /began on llvmpipe .* goes on on Apple M3 .* to the bit$/,
  );
  const plain = { adapter: { ...adapter, subgroups: false }, teacher };
  match(checkSameRun("runs/a", run, plain)!, /with subgroups .* without subgroups/);
});
