import { deepEqual, rejects } from "node:assert/strict";
import { resolveConfig } from "../config/resolve.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { changedOptimiser, resumedConfig } from "./resumed_config.ts";

const config = resolveConfig({ preset: "smoke", flags: { steps: 10 } });
const record = { config } as RunRecord;

Deno.test("resumedConfig() keeps the run's configuration but for the total of steps", async () => {
  deepEqual(await resumedConfig({ resume: "a" }, record, 5), config);
  deepEqual(await resumedConfig({ resume: "a", steps: "20" }, record, 10), {
    ...config,
    steps: 20,
  });
});

Deno.test("resumedConfig() measures a run by the rules that it began with, also where its record has none", async () => {
  const released = resolveConfig({ preset: "smoke", set: ["recipe=released", "steps=10"] });
  const { protocol: _, ...older } = released;
  const now = await resumedConfig({ resume: "a" }, { config: released } as RunRecord, 5);
  const then = await resumedConfig({ resume: "a" }, { config: older } as RunRecord, 5);
  deepEqual([now.protocol, then.protocol], ["released", "paper"]);
});

Deno.test("resumedConfig() changes the optimiser of a run that goes on, and what changed can be told", async () => {
  const set = ["optim.lr=0.5", "optim.clip=1", "optim.betas=0.9,0.99"];
  const changed = await resumedConfig({ resume: "a", set }, record, 5);
  const optim = { ...config.optim, lr: 0.5, clip: 1, betas: [0.9, 0.99] };
  deepEqual(changed, { ...config, optim });
  deepEqual(changedOptimiser(config, changed, 5), [
    `From step 5 on optim.lr is 0.5; it was ${config.optim.lr}`,
    "From step 5 on optim.betas is 0.9,0.99; it was 0.9,0.999",
    `From step 5 on optim.clip is 1; it was ${config.optim.clip}`,
  ]);
  deepEqual(changedOptimiser(config, config, 5), []);
  const longer = { ...config, steps: 20 };
  deepEqual(changedOptimiser(config, longer, 5), [], "a constant step size has no end");
  const cosine = { ...config.optim, schedule: "cosine" as const };
  deepEqual(changedOptimiser({ ...config, optim: cosine }, { ...longer, optim: cosine }, 5), [
    "From step 5 on the step size falls to zero at step 20; it was at step 10",
  ]);
});

Deno.test("resumedConfig() refuses what would change the run, and a run that is done", async () => {
  for (const flags of [{ seed: "1" }, { overfit: true }, { out: "b" }]) {
    await rejects(
      resumedConfig({ resume: "a", ...flags }, record, 5),
      new RegExp(
        `leave --${Object.keys(flags)[0]} away; only --steps and --set optim\\.… may change`,
      ),
    );
  }
  const others = resumedConfig({ resume: "a", set: ["optim.lr=1", "seed=1"] }, record, 5);
  await rejects(others, /leave --set seed=1 away; only --steps and --set optim\.… may change/);
  await rejects(resumedConfig({ resume: "a", set: ["optim.lr=-1"] }, record, 5), /optim\.lr = -1/);
  await rejects(resumedConfig({ resume: "a" }, record, 10), /all of its 10 steps are done/);
  for (const steps of [8, 9]) {
    await rejects(
      resumedConfig({ resume: "a", steps: `${steps}` }, record, 9),
      new RegExp(`as 9 steps are done: --steps is the total, and ${steps} is not more$`),
    );
  }
  const teacher = { config: { steps: 100, size: 64, lr: 1e-3 } } as unknown as RunRecord;
  await rejects(
    resumedConfig({ resume: "a" }, teacher, 5),
    /^Error: Cannot resume "a" as it is a teacher's run: go on with deno task teacher --resume$/,
  );
  const old = { config: { ...config, student: { ...config.student, name: "gone" } } } as RunRecord;
  await rejects(resumedConfig({ resume: "a" }, old, 5), /Cannot train student "gone"/);
});
