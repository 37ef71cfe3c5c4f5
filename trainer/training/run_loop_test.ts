import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";
import { Graph } from "../gpu/graph.ts";
import { berhuLoss } from "../kernels/berhu_loss.ts";
import { linear } from "../kernels/linear.ts";
import { Progress } from "../runs/progress.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Plan } from "../gpu/plan.ts";
import { RunWriter } from "../runs/run_writer.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { optimise } from "./optimise.ts";
import { type Learner, type LoopEnd, type LoopTimes, runLoop } from "./run_loop.ts";

const need = ignoreWithout({ read: true, write: true });

/** A learner that only says what is asked of it; its loss is `loss(step)`. */
function recorded(loss: (step: number) => number): { learner: Learner; said: string[] } {
  const said: string[] = [];
  const empty = { getAll: () => Promise.resolve(new Map()) } as unknown as ParameterStore;
  const trace = () => Promise.resolve({ label: "elu forward", tensor: "elu" });
  const plan = { run: () => said.push("run"), paced() {}, trace } as unknown as Plan;
  const learner: Learner = {
    store: empty,
    plan,
    optimisation: {
      before: (_, step) => void said.push(`before ${step}`),
      after(_, steps) {
        said.push(`read ${steps}`);
        return Promise.resolve(
          steps.map((step) => ({ step, values: { "loss/total": loss(step) } })),
        );
      },
    },
    feed: (step) => void said.push(`feed ${step}`),
  };
  return { learner, said };
}

const never: LoopTimes = {
  from: 0,
  steps: 4,
  log: 100,
  checkpoint: 100,
  keep: 9,
  evaluate: 0,
  media: 0,
};

interface Ran {
  readonly end: LoopEnd;
  readonly said: readonly string[];
  readonly files: readonly string[];
  readonly events: readonly Record<string, unknown>[];
  /** Of metrics.csv, the header first. */
  readonly rows: readonly string[];
}

/** Runs a loop in a temporary folder. */
async function run(
  times: Partial<LoopTimes>,
  options: {
    loss?: (step: number) => number;
    stopAt?: number;
    learner?: Learner;
    evaluating?: (folder: string) => void;
  } = {},
): Promise<Ran> {
  const { learner, said } = {
    ...recorded(options.loss ?? (() => 1)),
    ...(options.learner && { learner: options.learner }),
  };
  await using temporary = await temporaryFolder();
  const folder = temporary.path;
  const stop = new AbortController();
  using writer = await RunWriter.create(`${folder}/run`, {} as RunRecord);
  using progress = new Progress(4, { terminal: false, write: () => {} });
  const hooks = {
    evaluate(done: number) {
      said.push(`evaluate ${done}`);
      options.evaluating?.(`${folder}/run`);
      return Promise.resolve({ "valid/x": done });
    },
    draw(done: number) {
      said.push(`draw ${done}`);
      return Promise.resolve();
    },
  };
  const stopping: Learner = {
    ...learner,
    feed(step) {
      if (step === options.stopAt) stop.abort();
      return learner.feed(step);
    },
  };
  const { signal } = stop;
  const end = await runLoop(stopping, { ...never, ...times }, hooks, {
    writer,
    progress,
    signal,
    remedy: { task: "train", flags: "--set optim.lr=0.1" },
  });
  const files = Array.from(
    Deno.readDirSync(`${folder}/run/checkpoints`),
    ({ name }) => name.replace(/^step-0*|\.safetensors$/g, ""),
  ).sort();
  const lines = (await Deno.readTextFile(`${folder}/run/events.jsonl`)).trimEnd().split("\n");
  const rows = (await Deno.readTextFile(`${folder}/run/metrics.csv`)).trimEnd().split("\n");
  return { end, said, files, rows, events: lines.map((line) => JSON.parse(line)) };
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + need.suffix, ignore: need.ignore, fn });
}

test("runLoop() feeds, steps, reads after the first step and at the end, and saves then", async () => {
  const { end, said, files, events } = await run({ steps: 3 });
  deepEqual(said, [
    ...["feed 0", "before 0", "run", "feed 1", "read 0"],
    ...["before 1", "run"],
    ...["feed 2", "before 2", "run", "read 1,2"],
  ]);
  deepEqual([end.done, end.stopped, files], [3, false, ["3", "latest"]]);
  deepEqual(events.filter(({ kind }) => kind === "scalars").map(({ step }) => step), [1, 2, 3]);
});

test("runLoop() reads, saves, evaluates and draws when due, and all of it at the end", async () => {
  const times = { steps: 5, log: 4, checkpoint: 2, keep: 2, evaluate: 3, media: 4 };
  const { said, files } = await run(times);
  deepEqual(said.filter((what) => /read|evaluate|draw/.test(what)), [
    "read 0", // to show that it goes
    "read 1", // to save
    ...["read 2", "evaluate 3"],
    ...["read 3", "draw 4"],
    ...["read 4", "evaluate 5", "draw 5"],
  ]);
  deepEqual(files, ["4", "5", "latest"]);
});

test("runLoop() feeds the next step before it waits for scalars, unless the step before is saved or looked at", async () => {
  const { said } = await run({ steps: 4, log: 1, checkpoint: 2 });
  deepEqual(said.filter((what) => /feed|run|read/.test(what)), [
    ...["feed 0", "run", "feed 1", "read 0"],
    ...["run", "read 1"], // and saved: a picture shows what was fed last
    ...["feed 2", "run", "feed 3", "read 2"],
    ...["run", "read 3"],
  ]);
});

test("runLoop() tells of a step in one line, its figures among its losses", async () => {
  const { events, rows } = await run({ steps: 5, log: 4, checkpoint: 2, evaluate: 3 });
  const lines = events.filter(({ kind }) => kind === "scalars") as unknown as {
    step: number;
    values: Record<string, number>;
  }[];
  deepEqual(lines.map(({ step }) => step), [1, 2, 3, 4, 5]);
  deepEqual(lines.map(({ values }) => values["valid/x"]), [
    undefined,
    undefined,
    3,
    undefined,
    5,
  ]);
  ok(lines.every(({ values }) => values["loss/total"] === 1));
  deepEqual(rows.map((row) => row.split(",")[0]), ["step", "1", "2", "3", "4", "5"]);
});

test("runLoop() evaluates at the end only where that is asked for", async () => {
  const { said } = await run({ steps: 3, checkpoint: 1, evaluate: Infinity });
  deepEqual(said.filter((what) => /evaluate/.test(what)), ["evaluate 3"]);
});

test("runLoop() goes on from a checkpoint with absolute steps", async () => {
  const { end, said } = await run({ from: 2, steps: 4 });
  deepEqual(said.filter((what) => /feed|read/.test(what)), [
    "feed 2",
    "feed 3",
    "read 2",
    "read 3",
  ]);
  equal(end.done, 4);
});

test("runLoop() finishes the step and saves when it is told to stop, before it evaluates", async () => {
  const { end, said, files, events, rows } = await run(
    { steps: 9, evaluate: 5 },
    {
      stopAt: 2,
      evaluating: (folder) => {
        equal(Deno.readTextFileSync(`${folder}/checkpoints/latest`), "step-00000003.safetensors\n");
        match(Deno.readTextFileSync(`${folder}/events.jsonl`), /"state":"stopped"}\n$/);
      },
    },
  );
  deepEqual([end.done, end.stopped, files], [3, true, ["3", "latest"]]);
  deepEqual(said.slice(-2), ["read 1,2", "evaluate 3"]);
  deepEqual(
    events.filter(({ kind }) => kind === "scalars").map(({ step, values }) => [
      step,
      Object.keys(values as object),
    ]).slice(-2),
    [[3, ["loss/total", "time/step"]], [3, ["valid/x"]]],
  );
  match(rows.at(-1)!, /^3,\d+,1,[^,]+,3$/); // one row of both
  equal(rows.length, 4);
});

test("runLoop() ends at a loss that is not finite, before it is saved, and replays that step", async () => {
  const loss = (step: number): number => step === 4 ? Infinity : 1;
  await rejects(
    run({ steps: 9, log: 3, checkpoint: 2 }, { loss }),
    /^Error: Cannot go on after step 4: a number is not finite, first in "elu" of elu forward \(loss\/total Infinity\); the last checkpoint is from before; try deno task train --resume .*\/run --set optim\.lr=0\.1$/,
  );
  await rejects(
    run({ steps: 9, log: 3, checkpoint: 6 }, { loss }),
    /\(loss\/total Infinity\); there is no checkpoint yet; start anew with --set optim\.lr=0\.1$/,
  );
});

/** A weight that falls by 1 a step from 4. Step 2 reads a number so high that its product with 2 is infinite, but not with 1. */
async function falling(): Promise<Learner & Disposable> {
  const store = new ParameterStore(await testGpu());
  const graph = new Graph(store.gpu, store, "train");
  const x = graph.input("x", [1, 1, 1, 1]);
  const y = linear(graph, x, graph.parameter("w", [1, 1]));
  const { loss } = berhuLoss(graph, y, graph.constant("truth", Float32Array.of(0.01)));
  const optim = {
    name: "adam",
    lr: 1,
    schedule: "constant",
    warmup: 0,
    betas: [0.9, 0.999],
    eps: 1e-8,
    weightDecay: 0,
    clip: 0,
  } as const;
  const run = { steps: 9, rows: 9 };
  graph.differentiate(loss);
  const optimisation = optimise(graph, loss, { "loss/total": loss }, optim, run);
  const plan = await graph.build();
  store.set("w", Float32Array.of(4));
  return {
    store,
    plan,
    optimisation,
    feed: (step) => plan.write(x, Float32Array.of(step === 2 ? 2.5e38 : 1, 0, 0, 0)),
    [Symbol.dispose]() {
      plan.destroy();
      store.destroy();
    },
  };
}

test("runLoop() replays a step with the weights it had, however late it is read", async () => {
  using learner = await falling();
  await rejects(
    run({ steps: 9, log: 5 }, { learner }),
    /Cannot go on after step 2: a number is not finite, first in "w" of conv2d forward w /,
  );
});
