/**
 * Topic 6: the reverse Huber losses of UniFuse and BiFuse++ and their gradients, on the GPU.
 *
 * @module
 */
import { berhuLoss } from "../../../trainer/kernels/berhu_loss.ts";
import { type CaseRun, type Check, compare, exact, largest, type Outcome } from "../check.ts";
import { newGraph, readTensor, writeTensor } from "../gpu_graph.ts";
import { type Case, number, type Reading, type TopicFolder } from "../reference.ts";
import { TOLERANCES } from "../tolerances.ts";

const tolerances = TOLERANCES.berhu;

interface BerhuCase extends Case {
  readonly variant: "unifuse" | "bifusepp";
  /** Absent where the released code raises. */
  readonly loss?: unknown;
}

/** Runs every case. */
export function* berhu(topic: TopicFolder): Generator<CaseRun> {
  for (const c of topic.cases<BerhuCase>()) yield { id: c.id, run: () => runCase(topic, c) };
}

async function runCase(topic: TopicFolder, c: BerhuCase): Promise<Outcome> {
  const got = await record(
    c.variant,
    await topic.file(c, "pred"),
    await topic.file(c, "gt"),
    c.files!.mask && await topic.file(c, "mask"),
  );
  const want = c.loss === undefined ? NaN : number(c.loss);
  if (Number.isNaN(want)) {
    const defined =
      "a perfect prediction and a batch without valid pixels have loss 0 and no gradient";
    return { checks: noLoss(got), defined };
  }
  const gradient = (await topic.file(c, "grad_pred")).data;
  const scale = largest(gradient) || 1;
  return {
    checks: [
      compare("loss", [got.loss], [want], tolerances.lossRelative, { relative: want !== 0 }),
      compare("gradient", got.gradient, gradient, tolerances.gradient, { scale }),
    ],
  };
}

interface Loss {
  readonly loss: number;
  readonly gradient: Float32Array;
}

async function record(
  variant: BerhuCase["variant"],
  prediction: Reading,
  truth: Reading,
  mask: Reading | undefined,
): Promise<Loss> {
  const [n, , h, w] = prediction.shape as [number, number, number, number];
  const graph = await newGraph("train");
  const shape = [n, h, w, 1];
  const x = graph.output(graph.input("prediction", shape, { requiresGradient: true }));
  const t = graph.input("truth", shape);
  const m = mask && graph.input("mask", shape);
  // released UniFuse drops an error equal to the threshold
  const atThreshold = variant === "unifuse" ? "zero" : "linear";
  const { loss } = berhuLoss(graph, x, t, { variant, atThreshold, mask: m });
  graph.output(loss);
  graph.differentiate(loss);
  const dx = graph.output(graph.gradient(x)!);
  const plan = await graph.build();
  writeTensor(plan, x, prediction.data);
  writeTensor(plan, t, truth.data);
  if (m) writeTensor(plan, m, mask!.data);
  plan.run();
  const got = { loss: (await plan.read(loss))[0]!, gradient: await readTensor(plan, dx) };
  plan.destroy();
  graph.store.destroy();
  return got;
}

function noLoss({ loss, gradient }: Loss): Check[] {
  return [
    exact("loss", [loss], [0]),
    exact("gradient", gradient, new Float32Array(gradient.length)),
  ];
}
