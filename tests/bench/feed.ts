/**
 * What a training step costs the host, on a simulated fast device: `deno run -A tests/bench/feed.ts --help`.
 *
 * @module
 */
import process from "node:process";
import { IMAGENET, type WebGpuTeacher } from "@depth-anywhere/teacher";
import { execute, wholeNumber } from "../../trainer/commands/command.ts";
import { resolveConfig } from "../../trainer/config/resolve.ts";
import { PanoramaLoader } from "../../trainer/data/loader.ts";
import { RoomRenderer } from "../../trainer/data/rooms/renderer.ts";
import { openGpu } from "../../trainer/gpu/device.ts";
import { Plan } from "../../trainer/gpu/plan.ts";
import { JointLearner } from "../../trainer/training/joint_learner.ts";
import type { Learner } from "../../trainer/training/run_loop.ts";
import { TeacherView } from "../../trainer/training/teacher_view.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { loop } from "../helpers/train_in_process.ts";
import { FastDevice } from "./fast_device.ts";
import { Stopwatch } from "./stopwatch.ts";

const help =
  `Measures what the host does for a joint training step: no shader is run, uploads and encoding are.

Usage: deno run -A tests/bench/feed.ts [options]

  --steps N           steps after three that warm up (30)
  --device-ms N       simulate a device that takes so long for a step, and tell how long it waited (0)
  --unlabeled SPEC    panoramas (the embedded ones)
  --set KEY=VALUE     any key of the configuration, above the paper's preset; repeat
  --json              print JSON
  --help              this text

Sizes are those of the preset "paper": 512x1024, 3 labelled and 3 unlabelled panoramas, a rotation each. The student is
narrow, as a software adapter cannot bind the wide one's maps: the host does not see its width. The teacher is one on the
GPU that is done at once.

Examples:
  deno run -A tests/bench/feed.ts
  deno run -A tests/bench/feed.ts --device-ms 200 --set recipe=released`;

const options = {
  "steps": { type: "string" },
  "device-ms": { type: "string" },
  "unlabeled": { type: "string" },
  "set": { type: "string", multiple: true },
  "json": { type: "boolean" },
} as const;

const teacher: WebGpuTeacher = {
  name: "done at once",
  sha256: "",
  inputSize: 392,
  preprocessing: IMAGENET,
  execution: "webgpu",
  ready: Promise.resolve(),
  label: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

const warmUp = 3; // steps: the first ones open files

/** Milliseconds a step: of the host's phases, of the whole, and of the device's waiting. */
interface FeedFigures {
  /** Wall time, and time of the main thread on a core: waiting is none. */
  readonly phases: Readonly<Record<string, { readonly wall: number; readonly cpu: number }>>;
  readonly step: number;
  readonly deviceIdle: number;
}

/** Milliseconds that this thread had a core, in ticks of 10 where the system counts so: right on average. */
function threadCpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Splits the time of all learners. */
function watched(): Stopwatch {
  const watch = new Stopwatch([() => performance.now(), threadCpu]);
  // deno-lint-ignore no-explicit-any
  const prototypes: [any, string, string][] = [
    [PanoramaLoader.prototype, "batch", "wait for the loader"],
    [TeacherView.prototype, "begin", "cut and label faces"],
    [RoomRenderer.prototype, "render", "rooms"],
    [Plan.prototype, "write", "writes"],
    [Plan.prototype, "run", "encoding"],
  ];
  for (const [prototype, method, name] of prototypes) watch.watch(prototype, method, name);
  return watch;
}

async function measure(
  set: readonly string[],
  steps: number,
  stepMs: number,
): Promise<FeedFigures> {
  const config = resolveConfig({
    preset: "paper",
    set: ["student.width=0.25", "student.init=random", ...set],
  });
  const gpu = await openGpu();
  FastDevice.dropWork(gpu.device);
  const learner = await JointLearner.open(gpu, config, teacher);
  const watch = watched();
  const { store, plan, optimisation } = learner;
  let device = new FastDevice(stepMs);
  let start = performance.now();
  let all = 0;
  const simulated: Learner = {
    store,
    plan,
    async feed(step) {
      if (step === warmUp) {
        await device.done();
        device = new FastDevice(stepMs);
        watch.reset();
        start = performance.now();
      }
      await watch.phase("the rest of feeding", () => learner.feed(step));
    },
    optimisation: {
      before: optimisation.before,
      async after(plan, steps) {
        await device.done();
        const scalars = await watch.phase("scalars", () => optimisation.after(plan, steps));
        all = performance.now() - start; // the checkpoint at the end is not part of a step
        return scalars;
      },
    },
  };
  const run = plan.run.bind(plan);
  plan.run = (phase) => {
    run(phase);
    device.submit();
  };
  await using folder = await temporaryFolder();
  await loop(simulated, { ...config, steps: warmUp + steps }, folder.path);
  await learner.close();
  const phases = Object.fromEntries(
    Array.from(
      watch.spent,
      ([name, [wall, cpu]]) => [name, { wall: wall! / steps, cpu: cpu! / steps }],
    ),
  );
  return { phases, step: all / steps, deviceIdle: device.idle / steps };
}

function report({ phases, step, deviceIdle }: FeedFigures, stepMs: number): string {
  const line = (name: string, ...values: number[]): string =>
    name.padEnd(24) + values.map((value) => value.toFixed(1).padStart(9)).join("");
  const rows = Object.entries(phases).sort(([, a], [, b]) => b.wall - a.wall);
  const sum = (clock: "wall" | "cpu"): number =>
    rows.reduce((total, [, spent]) => total + spent[clock], 0);
  return [
    "milliseconds a step          wall      cpu",
    ...rows.map(([name, { wall, cpu }]) => line(name, wall, cpu)),
    line("host", sum("wall"), sum("cpu")),
    line("step", step),
    ...stepMs > 0 ? [line(`a device of ${stepMs} waits`, deviceIdle)] : [],
  ].join("\n");
}

if (import.meta.main) {
  const command = {
    help,
    options,
    async run(values: {
      steps?: string;
      "device-ms"?: string;
      unlabeled?: string;
      set?: string[];
      json?: boolean;
    }): Promise<number> {
      const steps = wholeNumber("steps", values.steps ?? "30", 1);
      const stepMs = wholeNumber("device-ms", values["device-ms"] ?? "0");
      const set = [...values.set ?? []];
      if (values.unlabeled !== undefined) set.push(`unlabeled=${values.unlabeled}`);
      const figures = await measure(set, steps, stepMs);
      console.log(values.json ? JSON.stringify(figures) : report(figures, stepMs));
      return 0;
    },
  };
  Deno.exit(await execute(command, Deno.args));
}
