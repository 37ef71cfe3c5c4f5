import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { ignoreWithoutTraining } from "../../tests/helpers/tiny_training.ts";
import type { SkippedFile } from "../data/panorama_source.ts";
import { Progress } from "../runs/progress.ts";
import { RunReader } from "../runs/run_reader.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { RunWriter } from "../runs/run_writer.ts";
import { BackgroundEvaluation } from "./background_evaluation.ts";
import type { JointEvaluation, JointFigures } from "./joint_evaluation.ts";
import type { JointStart } from "./joint_start.ts";

const need = ignoreWithoutTraining();
const inFolder = folderTests(need);
const { trainJoint } = need.ignore
  ? {} as typeof import("./joint_run.ts")
  : await import("./joint_run.ts"); // sharp wants permissions to load

/** Figures with one number that matters. */
function figuresOf(absRel: number): JointFigures {
  const metrics = { absRel };
  const all = { affine: metrics, median: metrics, constant: metrics };
  return { rooms: { scores: { all }, seam: 1 } } as unknown as JointFigures;
}

/**
 * A run of nine steps that meets a bad file in the step after the seventh.
 *
 * @param loss of every step
 * @param before figures of the first weights
 * @param measured steps that these have done
 * @param every steps between evaluations
 * @param onStep called before each step
 */
function startSkipping(
  { loss = 1, before = Promise.resolve(figuresOf(0.5)), from = 5, measured = 0, every = 0, onStep }:
    {
      loss?: number;
      before?: Promise<JointFigures>;
      from?: number;
      measured?: number;
      every?: number;
      onStep?: (step: number) => void;
    } = {},
): JointStart {
  const loader = {
    report: [{ path: "a.jpg", reason: "it is black everywhere" }],
    onSkip: (_: SkippedFile) => {},
  };
  const learner = {
    config: {
      steps: 9,
      optim: { lr: 0.5, clip: 0 },
      logging: { every: 100, media: 0 },
      checkpoint: { every: 100, keep: 1 },
      evaluation: { every },
    },
    loader,
    store: { getAll: () => Promise.resolve(new Map()) },
    plan: { run() {}, paced() {}, trace: () => Promise.resolve(undefined) },
    optimisation: {
      before() {},
      after: (_: unknown, steps: number[]) =>
        Promise.resolve(steps.map((step) => ({ step, values: { "loss/total": loss } }))),
    },
    feed(step: number) {
      onStep?.(step);
      if (step === 7) loader.onSkip({ path: "b.jpg", reason: "it is cut off" });
    },
  };
  const faces = { labelled: 12, all: 48 };
  const evaluation = { faces, measure: () => Promise.resolve(figuresOf(0.25)) };
  const opened = {
    ...evaluation,
    predict: () => Promise.resolve(),
    score: () => before,
  } as unknown as JointEvaluation;
  return {
    learner,
    evaluation: new BackgroundEvaluation(() => Promise.resolve(opened)),
    from,
    measured,
  } as unknown as JointStart;
}

inFolder(
  "trainJoint() tells of each skipped file in the run folder, at the step that met it",
  async (parent) => {
    const folder = `${parent}/run`;
    using writer = await RunWriter.create(folder, {} as RunRecord);
    using progress = new Progress(9, { terminal: false, write: () => {} });
    await trainJoint(startSkipping(), { writer, progress });
    const reader = new RunReader(folder);
    await reader.refresh();
    deepEqual(reader.history.alerts.map(({ step, text }) => [step, text]), [
      [5, 'Skipped "a.jpg": it is black everywhere'],
      [7, 'Skipped "b.jpg": it is cut off'],
    ]);
  },
);

inFolder("trainJoint() says how a run whose numbers ran away goes on", async (folder) => {
  using writer = await RunWriter.create(`${folder}/run`, {} as RunRecord);
  using progress = new Progress(9, { terminal: false, write: () => {} });
  await rejects(
    trainJoint(startSkipping({ loss: NaN }), { writer, progress }),
    /try deno task train --resume .*\/run --set optim\.lr=0\.125 --set optim\.clip=1$/,
  );
});

/** Trains to the end or the signal. @returns the steps of the run's figures, and what was said */
async function trained(
  folder: string,
  start: JointStart,
  signal?: AbortSignal,
): Promise<{ steps: number[] | undefined; said: string; stopped: boolean; measured: boolean }> {
  const said: string[] = [];
  using writer = start.from === 0
    ? await RunWriter.create(folder, {} as RunRecord)
    : RunWriter.resume(folder, start.from);
  using progress = new Progress(9, { terminal: false, write: (text) => said.push(text) });
  const { stopped, figures } = await trainJoint(start, { writer, progress, signal });
  const reader = new RunReader(folder);
  await reader.refresh();
  const steps = reader.history.series.get("valid/rooms/seam")?.steps;
  return { steps, said: said.join(""), stopped, measured: figures !== undefined };
}

inFolder(
  "trainJoint() tells the figures of the first weights when they come, and waits for them at the end",
  async (parent) => {
    const late = Promise.withResolvers<JointFigures>();
    const run = trained(`${parent}/run`, startSkipping({ before: late.promise, from: 0 }));
    setTimeout(() => late.resolve(figuresOf(0.5)), 50);
    const { steps, said, measured } = await run;
    deepEqual([steps, measured], [[0, 9], true]);
    match(said, /^waiting for the teacher: 12 of 48 faces labelled for the figures$/m);
    match(said, /^step 0: held-out AbsRel 0\.500 .*\nstep 9: held-out AbsRel 0\.250 /m);
  },
);

inFolder(
  "trainJoint() that is stopped does not wait for the labels; the resume tells the figures",
  async (parent) => {
    const folder = `${parent}/run`;
    const stop = new AbortController();
    const never = startSkipping({
      before: new Promise(() => {}),
      from: 0,
      onStep: (step) => step === 4 && stop.abort(),
    });
    const first = await trained(folder, never, stop.signal);
    deepEqual([first.steps, first.stopped, first.measured], [undefined, true, false]);
    const second = await trained(folder, startSkipping());
    deepEqual([second.steps, second.stopped, second.measured], [[0, 9], false, true]);
    const rows = (await Deno.readTextFile(`${folder}/metrics.csv`)).trim().split("\n");
    deepEqual(rows.map((row) => row.split(",")[0]), ["step", ..."0123456789"]);
  },
);

inFolder("trainJoint() ends when the teacher cannot label for the figures", async (parent) => {
  const before = Promise.reject(new Error("no memory"));
  before.catch(() => {}); // the run says it
  let last = -1;
  const start = startSkipping({ before, from: 0, onStep: (step) => last = step });
  await rejects(trained(`${parent}/run`, start), /no memory/);
  ok(last < 8, `${last}`);
});

inFolder("trainJoint() goes on at an evaluation that has no labels yet", async (parent) => {
  const late = Promise.withResolvers<JointFigures>();
  const { steps, said } = await trained(
    `${parent}/run`,
    startSkipping({
      before: late.promise,
      from: 0,
      every: 2,
      onStep: (step) => step === 5 && late.resolve(figuresOf(0.5)),
    }),
  );
  deepEqual(steps, [0, 6, 8, 9]);
  match(said, /^step 2: no figures, as the teacher has not labelled all for them yet$/m);
});

inFolder(
  "trainJoint() saves before it waits for the last labels, and need not wait",
  async (parent) => {
    const folder = `${parent}/run`;
    const stop = new AbortController();
    const start = startSkipping({ before: new Promise(() => {}), from: 0 });
    const run = trained(folder, start, stop.signal);
    const saved = `${folder}/checkpoints/step-00000009.safetensors`;
    while (!await Deno.stat(saved).catch(() => undefined)) {
      await new Promise((r) => setTimeout(r, 5));
    }
    stop.abort();
    deepEqual(await run.then(({ stopped, measured }) => [stopped, measured]), [false, false]);
    const rows = (await Deno.readTextFile(`${folder}/metrics.csv`)).trim().split("\n");
    deepEqual(rows.map((row) => row.split(",")[0]), ["step", ..."123456789"]);
  },
);

inFolder(
  "trainJoint() tells figures of step 0 once, and none where the first weights are gone",
  async (parent) => {
    const folder = `${parent}/run`;
    await trained(folder, startSkipping({ from: 0 }));
    const again = await trained(
      folder,
      startSkipping({ before: Promise.resolve(figuresOf(0.75)) }),
    );
    equal(again.said.includes("step 0:"), false);
    const other = await trained(`${parent}/other`, startSkipping({ from: 0, measured: 3 }));
    deepEqual(other.steps, [9]);
    match(other.said, /^step 3: held-out AbsRel 0\.500/m);
  },
);
