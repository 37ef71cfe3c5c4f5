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
 * @param opens whether the evaluation is ever opened
 */
function startSkipping(
  {
    loss = 1,
    before = Promise.resolve(figuresOf(0.5)),
    from = 5,
    measured = 0,
    every = 0,
    onStep,
    opens = true,
  }: {
    loss?: number;
    before?: Promise<JointFigures>;
    from?: number;
    measured?: number;
    every?: number;
    onStep?: (step: number) => void;
    opens?: boolean;
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
    evaluation: new BackgroundEvaluation(() =>
      opens ? Promise.resolve(opened) : new Promise(() => {})
    ),
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
  { signal, onSaid }: { signal?: AbortSignal; onSaid?: (text: string) => void } = {},
): Promise<{ steps: number[] | undefined; said: string; stopped: boolean; measured: boolean }> {
  const said: string[] = [];
  const write = (text: string): void => {
    said.push(text);
    onSaid?.(text);
  };
  using writer = start.from === 0
    ? await RunWriter.create(folder, {} as RunRecord)
    : RunWriter.resume(folder, start.from);
  using progress = new Progress(9, { terminal: false, write });
  const { stopped, figures } = await trainJoint(start, { writer, progress, signal });
  const reader = new RunReader(folder);
  await reader.refresh();
  const steps = reader.history.series.get("valid/rooms/seam")?.steps;
  return { steps, said: said.join(""), stopped, measured: figures !== undefined };
}

/** Steps of the rows of `metrics.csv`. */
async function rowsOf(folder: string): Promise<string[]> {
  const rows = (await Deno.readTextFile(`${folder}/metrics.csv`)).trim().split("\n");
  return rows.slice(1).map((row) => row.split(",")[0]!);
}

inFolder(
  "trainJoint() tells the figures of the first weights when they come, and waits for them at the end",
  async (parent) => {
    const late = Promise.withResolvers<JointFigures>();
    const { steps, said, measured } = await trained(
      `${parent}/run`,
      startSkipping({ before: late.promise, from: 0 }),
      { onSaid: (text) => text.startsWith("waiting") && late.resolve(figuresOf(0.5)) },
    );
    deepEqual([steps, measured], [[0, 9], true]);
    match(
      said,
      /^waiting for the teacher: 12 of 48 faces labelled for the figures; the steps are saved/m,
    );
    match(said, /^step 0: held-out AbsRel 0\.500 .*\nstep 9: held-out AbsRel 0\.250 /m);
  },
);

for (const [opens, steps] of [[true, [5]], [false, undefined]] as const) {
  inFolder(
    `trainJoint() that is stopped waits for no labels, nor for the evaluation; the resume tells the figures; ${opens}`,
    async (parent) => {
      const folder = `${parent}/run`;
      const stop = new AbortController();
      const never = startSkipping({
        before: new Promise(() => {}),
        from: 0,
        onStep: (step) => step === 4 && stop.abort(),
        opens,
      });
      const first = await trained(folder, never, { signal: stop.signal });
      deepEqual([first.steps, first.stopped, first.measured], [steps, true, false]);
      const second = await trained(folder, startSkipping());
      deepEqual([second.steps, second.stopped, second.measured], [
        [0, ...steps ?? [], 9],
        false,
        true,
      ]);
      deepEqual(await rowsOf(folder), [..."0123456789"]);
    },
  );
}

inFolder("trainJoint() ends when the teacher cannot label for the figures", async (parent) => {
  const before = Promise.reject(new Error("no memory"));
  before.catch(() => {}); // the run says it
  let last = -1;
  const start = startSkipping({ before, from: 0, onStep: (step) => last = step });
  await rejects(trained(`${parent}/run`, start), /no memory/);
  ok(last < 8, `${last}`);
});

inFolder(
  "trainJoint() measures the rooms at an evaluation that has no labels yet",
  async (parent) => {
    const start = startSkipping({ before: new Promise(() => {}), from: 0, every: 2 });
    const stop = new AbortController();
    const onSaid = (text: string) => text.startsWith("step 8: held-out") && stop.abort();
    const { steps } = await trained(`${parent}/run`, start, { signal: stop.signal, onSaid });
    deepEqual(steps, [2, 4, 6, 8, 9]);
  },
);

for (const opens of [true, false]) {
  inFolder(
    `trainJoint() saves before it waits for the last figures, and need not wait; ${opens}`,
    async (parent) => {
      const folder = `${parent}/run`;
      const stop = new AbortController();
      const start = startSkipping({ before: new Promise(() => {}), from: 0, opens });
      const run = trained(folder, start, { signal: stop.signal });
      const saved = `${folder}/checkpoints/step-00000009.safetensors`;
      const ended = run.then(() => true);
      while (!await Deno.stat(saved).catch(() => undefined)) {
        const early = await Promise.race([ended, new Promise((r) => setTimeout(r, 5))]);
        equal(early, undefined);
      }
      deepEqual(await rowsOf(folder), [..."123456789"]);
      stop.abort();
      const { stopped, measured } = await run;
      deepEqual([stopped, measured], [false, false]);
    },
  );
}

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
