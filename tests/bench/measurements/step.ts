/** A whole training step and its parts, round by round, and what each dispatch of it takes. */
import type { Differences } from "../../../trainer/config/recipes.ts";
import { resolveConfig } from "../../../trainer/config/resolve.ts";
import type { TrainConfig } from "../../../trainer/config/schema.ts";
import { type PanoramaBatch, PanoramaLoader } from "../../../trainer/data/loader.ts";
import { roomSource } from "../../../trainer/data/room_panoramas.ts";
import { openGpu } from "../../../trainer/gpu/device.ts";
import type { Peaks } from "../../../trainer/gpu/peaks.ts";
import { bestProfile, type ProfileRow } from "../../../trainer/gpu/profile.ts";
import {
  renderLabeled,
  stepAugmentation,
  stepRotations,
} from "../../../trainer/training/joint_data.ts";
import { JointLearner } from "../../../trainer/training/joint_learner.ts";
import { openConfiguredTeacher, viewHeight } from "../../../trainer/training/configured_teacher.ts";
import { TeacherView } from "../../../trainer/training/teacher_view.ts";
import { GpuMemory } from "../gpu_memory.ts";
import { answerOnce } from "../measure.ts";
import { cpuSeconds, peakMemory } from "../process_figures.ts";
import { type ConvolutionsTiming, timeConvolutions } from "./step_convolutions.ts";
import { type Spread, spread } from "../statistics.ts";

/** What is asked. */
export interface StepRequest {
  readonly config: Differences;
  readonly rounds: number;
}

/** Wall and CPU time, seconds. */
export interface Timing {
  readonly seconds: Spread;
  readonly cpuSeconds: Spread;
}

/** What is answered. */
export interface StepResult {
  readonly adapter: string;
  readonly config: TrainConfig;
  readonly gflop: number;
  readonly dispatches: number;
  readonly parameters: number;
  readonly gpuMemory: number;
  readonly peakMemory: number;
  /** Buffers of the step's plan, and of the parameters with gradients and moments. */
  readonly planBytes: number;
  readonly storeBytes: number;
  /** One step as training does it. */
  readonly whole: Timing;
  /** Its parts, each by itself. */
  readonly parts: Readonly<Record<string, Timing>>;
  readonly convolutions: ConvolutionsTiming;
  /** What the adapter does at most, the best of all rounds. */
  readonly peaks: Peaks;
  /** Every dispatch by itself, the best of some; each row says by what clock. */
  readonly profile: readonly ProfileRow[];
}

type Measured = { seconds: number; cpuSeconds: number };

async function timed(work: () => Promise<unknown> | void): Promise<Measured> {
  const [start, cpuStart] = [performance.now(), cpuSeconds()];
  await work();
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: cpuSeconds() - cpuStart };
}

function timing(rows: readonly Measured[]): Timing {
  return {
    seconds: spread(rows.map(({ seconds }) => seconds)),
    cpuSeconds: spread(rows.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

/** Where each of some hundred dispatches has to be waited for, a profile takes seconds, so there are not many. */
const mostProfiles = 5;

async function measure({ config: differences, rounds }: StepRequest): Promise<StepResult> {
  const config = resolveConfig({ preset: "embedded", flags: differences });
  const gpu = await openGpu();
  const memory = new GpuMemory(gpu.device);
  const teacher = await openConfiguredTeacher(gpu, config);
  const learner = await JointLearner.open(gpu, config, teacher);
  const { plan, store, optimisation, renderer, step: { labeled, unlabeled } } = learner;
  const [V, { unlabeled: count }] = [viewHeight(config), config.batch];
  const sizes = { batch: count, viewHeight: V, rotations: 1, recipe: "paper" } as const;
  const view = await TeacherView.open(gpu, teacher!, sizes);
  const { unlabeled: specs, seed } = config;
  await using loader = await PanoramaLoader.open({
    specs,
    height: V,
    batch: count,
    seed,
    ahead: 0,
  }); // waits for what it loads
  const rooms = config.labeled.map(roomSource);
  const idle = (): Promise<void> => gpu.device.queue.onSubmittedWorkDone().then(() => {});

  const labels = plan.range(unlabeled!.disparity).buffer;
  const training = async (step: number): Promise<void> => {
    await learner.feed(step);
    optimisation.before(plan, step);
    plan.run();
    await idle();
  };
  const rendering = async (step: number): Promise<void> => {
    renderLabeled(renderer, plan, labeled!, config, rooms, step);
    await idle();
  };
  const labelling = async ({ pixels, mask: valid }: PanoramaBatch, step: number): Promise<void> => {
    const augmentation = stepAugmentation(config, "unlabeled", step, count, 2 * V);
    const rotations = stepRotations(config, step);
    await view.label({ pixels, valid, augmentation, rotations }, labels);
  };
  const rows: Record<string, Measured[]> = {};
  const put = (name: string, row: Measured): void => void (rows[name] ??= []).push(row);
  await training(0); // compiles
  await labelling(await loader.batch(0), 0);
  for (let round = 1; round <= rounds; round++) {
    put("whole", await timed(() => training(round)));
    put("labelled data (rendering)", await timed(() => rendering(round)));
    let panoramas: PanoramaBatch;
    put(
      "unlabelled data (loading)",
      await timed(async () => {
        panoramas = await loader.batch(round);
      }),
    );
    put("faces and teacher", await timed(() => labelling(panoramas, round)));
    for (const phase of ["forward", "backward", "update"] as const) {
      put(
        phase,
        await timed(async () => {
          plan.run(phase);
          await idle();
        }),
      );
    }
    put("readback of the scalars", await timed(() => optimisation.after(plan, [round])));
  }
  const memories = { gpuMemory: memory.peak, peakMemory: peakMemory() }; // without what the peaks are measured with
  const profile = await bestProfile(() => plan.profile(), Math.min(rounds, mostProfiles));
  const { whole, ...parts } = Object.fromEntries(
    Object.entries(rows).map(([name, list]) => [name, timing(list)]),
  );
  const result = {
    adapter: gpu.name,
    config,
    gflop: plan.flops / 1e9,
    dispatches: plan.dispatches,
    parameters: store.count(),
    ...memories,
    planBytes: plan.bytes,
    storeBytes: store.bytes,
    whole: whole!,
    parts,
    ...await timeConvolutions(gpu, plan, profile, rounds),
    profile,
  };
  view.destroy();
  await learner.close();
  await teacher!.close();
  return result;
}

if (import.meta.main) await answerOnce(measure);
