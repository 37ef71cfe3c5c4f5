import { deepEqual, rejects } from "node:assert/strict";
import { resolveConfig } from "../config/resolve.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { resumedConfig } from "./resumed_config.ts";

const config = resolveConfig({ preset: "smoke", flags: { steps: 10 } });
const record = { config } as RunRecord;

Deno.test("resumedConfig() keeps the run's configuration but for the total of steps", async () => {
  deepEqual(await resumedConfig({ resume: "a" }, record, 5), config);
  deepEqual(await resumedConfig({ resume: "a", steps: "20" }, record, 10), {
    ...config,
    steps: 20,
  });
});

Deno.test("resumedConfig() refuses what would change the run, and a run that is done", async () => {
  for (const flags of [{ seed: "1" }, { set: ["optim.lr=1"] }, { overfit: true }, { out: "b" }]) {
    await rejects(
      resumedConfig({ resume: "a", ...flags }, record, 5),
      new RegExp(`leave --${Object.keys(flags)[0]} away; only --steps may change`),
    );
  }
  await rejects(resumedConfig({ resume: "a" }, record, 10), /all of its 10 steps are done/);
  await rejects(resumedConfig({ resume: "a", steps: "8" }, record, 9), /all of its 8 steps/);
  const teacher = { config: { steps: 100, size: 64, lr: 1e-3 } } as unknown as RunRecord;
  await rejects(
    resumedConfig({ resume: "a" }, teacher, 5),
    /^Error: Cannot resume "a" as it is a teacher's run: go on with deno task teacher --resume$/,
  );
  const old = { config: { ...config, student: { ...config.student, name: "gone" } } } as RunRecord;
  await rejects(resumedConfig({ resume: "a" }, old, 5), /Cannot train student "gone"/);
});
