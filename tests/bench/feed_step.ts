/**
 * What a training step costs the host, on a simulated fast device: no shader is run, uploads and encoding are. Sizes are the
 * paper's; the student is narrow, as a software adapter cannot bind the wide one's maps: the host does not see its width.
 * The teacher is one on the GPU that is done at once: what onnxruntime costs the host for a real one is not in here.
 *
 * @module
 */
import process from "node:process";
import { IMAGENET, type WebGpuTeacher } from "@depth-anywhere/teacher";
import { resolveConfig } from "../../trainer/config/resolve.ts";
import { PanoramaLoader } from "../../trainer/data/loader.ts";
import { RoomRenderer } from "../../trainer/data/rooms/renderer.ts";
import { openGpu } from "../../trainer/gpu/device.ts";
import { Plan } from "../../trainer/gpu/plan.ts";
import { JointLearner, openLoader } from "../../trainer/training/joint_learner.ts";
import type { Learner } from "../../trainer/training/run_loop.ts";
import { TeacherView } from "../../trainer/training/teacher_view.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { loop } from "../helpers/train_in_process.ts";
import { FastDevice } from "./fast_device.ts";
import { Stopwatch } from "./stopwatch.ts";

/** What is asked. */
export interface FeedRequest {
  /** `KEY=VALUE` above the preset. */
  readonly set: readonly string[];
  /** Steps after those that warm up. */
  readonly steps: number;
  /** How long the device takes for a step. */
  readonly deviceMs: number;
  /** Folder of what is kept between runs; nothing is when left out. */
  readonly cache?: string | undefined;
}

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
export interface FeedFigures {
  /** Wall time, and time of the main thread on a core: waiting is none. */
  readonly phases: Readonly<Record<string, { readonly wall: number; readonly cpu: number }>>;
  readonly step: number;
  /** How long the host waited for panoramas, mostly while the device was at the steps before. */
  readonly dataWait: number;
  /** How long the device had nothing to do, for whatever reason. */
  readonly deviceIdle: number;
}

/** Milliseconds that this thread had a core, in ticks of 10 where the system counts so: right on average. */
function threadCpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const waitForData = "wait for the loader";

/** Splits the time of all learners. */
function watched(): Stopwatch {
  const watch = new Stopwatch([() => performance.now(), threadCpu]);
  // deno-lint-ignore no-explicit-any
  const prototypes: [any, string, string][] = [
    [PanoramaLoader.prototype, "batch", waitForData],
    [TeacherView.prototype, "begin", "cut and label faces"],
    [RoomRenderer.prototype, "render", "rooms"],
    [Plan.prototype, "write", "writes"],
    [Plan.prototype, "run", "encoding"],
  ];
  for (const [prototype, method, name] of prototypes) watch.watch(prototype, method, name);
  return watch;
}

/** Measure; once in a process, as it changes classes. Data are loaded as beside a GPU. */
export async function measureFeed(
  { set, steps, deviceMs, cache }: FeedRequest,
): Promise<FeedFigures> {
  const config = resolveConfig({
    preset: "paper",
    set: ["student.width=0.25", "student.init=random", ...set],
  });
  const gpu = await openGpu();
  FastDevice.dropWork(gpu.device);
  const opened = await openLoader({ kind: "gpu" }, config, cache);
  const learner = await JointLearner.open(gpu, config, teacher, { opened });
  const watch = watched();
  const { store, plan, optimisation } = learner;
  let device = new FastDevice(deviceMs);
  let start = performance.now();
  let all = 0;
  const simulated: Learner = {
    store,
    plan,
    async feed(step) {
      if (step === warmUp) {
        await device.done();
        device = new FastDevice(deviceMs);
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
  const dataWait = phases[waitForData]?.wall ?? 0;
  return { phases, step: all / steps, dataWait, deviceIdle: device.idle / steps };
}
