/**
 * Topic 9: depth errors under the released, the paper's, UniFuse's and BiFuse++'s rules.
 *
 * @module
 */
import { type Alignment, fitAffine } from "../../../trainer/evaluation/alignment.ts";
import {
  meanMetrics,
  measure,
  measureConstant,
  type Metrics,
  type Sample,
} from "../../../trainer/evaluation/metrics.ts";
import { type Protocol, protocol } from "../../../trainer/evaluation/metrics_protocol.ts";
import { fillUniform } from "../fill_rule.ts";
import { type CaseRun, type Check, compare, type Outcome } from "../check.ts";
import { type Case, number, type TopicFolder } from "../reference.ts";
import { TOLERANCES } from "../tolerances.ts";

const tolerances = TOLERANCES.metrics;

type Numbers = Readonly<Record<string, unknown>>;

interface MetricsCase extends Case {
  readonly shape: readonly [number, number, number, number];
  readonly crop_rows_top_and_bottom: number;
  readonly valid: number;
  readonly seed?: string;
  readonly input_rule?: string;
  readonly rule_constants?: Readonly<Record<string, number>>;
  readonly checks?: Readonly<Record<string, readonly number[]>>;
  readonly alignment?: {
    readonly scale_f64: readonly number[];
    readonly shift_f64: readonly number[];
  };
  readonly [results: string]: unknown;
}

/** The arrays of a case, one entry per image. */
interface Image {
  readonly gt: Float32Array;
  readonly disparity: Float32Array;
  readonly depth: Float32Array;
  readonly mask: Float32Array;
}

/** What the names of the reference are here; `a1` and `delta1` are both used. */
const NAMES: Readonly<Record<string, keyof Metrics>> = {
  mre: "absRel",
  abs_rel: "absRel",
  abs_: "mae",
  mae: "mae",
  sq_rel: "sqRel",
  rms: "rmse",
  rmse: "rmse",
  log_rms: "rmseLog",
  rmse_log: "rmseLog",
  log10: "log10",
  a1: "delta1",
  a2: "delta2",
  a3: "delta3",
  delta1: "delta1",
  delta2: "delta2",
  delta3: "delta3",
};

const released = protocol("released");
const paper = protocol("paper");

/** How each block of results in a case is made here. */
const BLOCKS: Readonly<Record<string, (images: readonly Image[]) => Metrics | undefined>> = {
  depth_anywhere_official: pooled("disparity", released, "affine"),
  median_only_official_function: pooled("disparity", released, "median"),
  paper_median_only_clamp_0p1_10: perImage(paper),
  paper_median_only_no_clamp: perImage({ ...paper, clamp: undefined }),
  paper_median_only_no_clamp_averaged_median: perImage({
    ...paper,
    clamp: undefined,
    median: "averaged",
  }),
  unifuse_plain: pooled("distance", protocol("unifuse")),
  unifuse_median: pooled("distance", protocol("unifuse"), "median"),
  bifusepp_plain: pooled("distance", protocol("bifuse++")),
  bifusepp_median: pooled("distance", protocol("bifuse++"), "median"),
};

/** Runs every case. */
export function* metrics(topic: TopicFolder): Generator<CaseRun> {
  for (const c of topic.cases<MetricsCase>()) yield { id: c.id, run: () => runCase(topic, c) };
}

async function runCase(topic: TopicFolder, c: MetricsCase): Promise<Outcome> {
  const { images, checks } = await imagesOf(topic, c);
  let defined: string | undefined;
  if (c.alignment) checks.push(...fits(images, c.alignment));
  for (const [block, make] of Object.entries(BLOCKS)) {
    const want = c[block] as Numbers | undefined;
    if (!want) continue;
    const got = make(images);
    if (got && Object.values(want).some((v) => Number.isNaN(number(v)))) {
      defined = "a flat prediction scores as the constant at the truth's median, not NaN";
      const constant = measureConstant(sampleOf(images[0]!, "disparity"), released)!;
      checks.push(compare(block, Object.values(got), Object.values(constant), tolerances.errors));
    } else {
      checks.push(...compareMetrics(block, got, want, c.valid));
    }
  }
  return { checks, defined };
}

function pooled(kind: Sample["kind"], rules: Protocol, alignment?: Alignment) {
  return (images: readonly Image[]): Metrics | undefined =>
    // BiFuse++ takes its own valid pixels, not the mask
    measure(images.map((i) => sampleOf(i, kind, rules.name !== "bifuse++")), {
      protocol: rules,
      alignment,
    });
}

function perImage(rules: Protocol) {
  return (images: readonly Image[]): Metrics | undefined =>
    meanMetrics(
      images.map((i) =>
        measure(sampleOf(i, "disparity"), { protocol: rules, alignment: "median" })
      ),
    );
}

function sampleOf(image: Image, kind: Sample["kind"], masked = true): Sample {
  return {
    kind,
    prediction: kind === "disparity" ? image.disparity : image.depth,
    distance: image.gt,
    ...(masked ? { mask: image.mask } : {}),
  };
}

function compareMetrics(
  block: string,
  got: Metrics | undefined,
  want: Numbers,
  valid: number,
): Check[] {
  return Object.entries(want).map(([name, value]) => {
    const key = NAMES[name];
    if (!key) throw new TypeError(`Unknown metric "${name}"`);
    const tolerance = key.startsWith("delta")
      ? tolerances.deltaPixels / valid
      : valid === 2
      ? tolerances.twoValid
      : tolerances.errors;
    return compare(`${block} ${name}`, [got?.[key] ?? NaN], [number(value)], tolerance);
  });
}

/** The lines of the affine fits; a flat prediction has none in the reference (0 and 0) and is left out. */
function fits(
  images: readonly Image[],
  { scale_f64: scales, shift_f64: shifts }: NonNullable<MetricsCase["alignment"]>,
): Check[] {
  return images.flatMap((image, i) => {
    if (scales[i] === 0) return [];
    const valid = Array.from(image.mask.keys()).filter((p) => image.mask[p]);
    const fit = fitAffine(
      valid.map((p) => image.disparity[p]!),
      valid.map((p) => 1 / image.gt[p]!),
    );
    return [
      compare("fitted scale", [fit.scale], [scales[i]!], tolerances.fit),
      compare("fitted shift", [fit.shift], [shifts[i]!], tolerances.fit),
    ];
  });
}

async function imagesOf(
  topic: TopicFolder,
  c: MetricsCase,
): Promise<{ images: Image[]; checks: Check[] }> {
  const [count, , height, width] = c.shape;
  let arrays: Image;
  const checks: Check[] = [];
  if (c.files) {
    const read = async (key: string): Promise<Float32Array> => (await topic.file(c, key)).data;
    arrays = {
      gt: await read("gt"),
      disparity: await read("pred_disp"),
      depth: await read("pred_depth"),
      mask: await read("mask"),
    };
  } else {
    arrays = fromRule(c, count * height * width);
    const ends: Readonly<Record<string, Float32Array>> = {
      gt: arrays.gt,
      pred_disp: arrays.disparity,
    };
    for (const [name, values] of Object.entries(c.checks ?? {})) {
      const [, array, end] = name.match(/^(\w+)_(first|last)4$/) ?? [];
      const all = ends[array ?? ""];
      if (!all) throw new TypeError(`Unknown check "${name}"`);
      const got = end === "first" ? all.slice(0, 4) : all.slice(-4);
      checks.push(compare(`input ${name}`, got, values, 0));
    }
  }
  const crop = c.crop_rows_top_and_bottom * width;
  const images = Array.from({ length: count }, (_, i) => {
    const part = (array: Float32Array): Float32Array =>
      array.slice(i * height * width + crop, (i + 1) * height * width - crop);
    return {
      gt: part(arrays.gt),
      disparity: part(arrays.disparity),
      depth: part(arrays.depth),
      mask: part(arrays.mask),
    };
  });
  return { images, checks };
}

/** The inputs of a case that ships none: a formula on four fills, every operation rounded to float32. */
function fromRule(c: MetricsCase, length: number): Image {
  const formula =
    /^u1=u\((\S+)\), u2=u\((\S+)\), u3=u\((\S+)\), u4=u\((\S+)\), every operation rounded to float32: base=([\d.]+)\+\(([\d.]+)\*u1\); gt=base, 0 where u3<(-[\d.]+) \(float32\(\S+\)\), ([\d.]+) where gt>\8; pred_disp=\(a\*\(1\/base\)\)\+\(\(noise\*u2\)\+c\); pred_depth=base\*\(1\+\(([\d.]+)\*u4\)\); mask=\(gt>0\)&\(gt<=([\d.]+)\)$/
      .exec(c.input_rule ?? "");
  if (!formula) throw new SyntaxError(`Case "${c.id}" has an unknown input rule: ${c.input_rule}`);
  const f = Math.fround;
  const [u1, u2, u3, u4] = formula.slice(1, 5).map((key) => fillUniform(c.seed!, key, length));
  const [offset, spread, hole, far, wobble, maximum] = formula.slice(5).map((s) => f(Number(s)));
  const { a, noise, c: shift } = c.rule_constants!;
  const base = u1!.map((u) => offset! + f(spread! * u));
  const gt = base.map((d, i) => u3![i]! < hole! ? 0 : Math.min(d, far!));
  const disparity = base.map((d, i) => f(f(a!) * f(1 / d)) + f(f(f(noise!) * u2![i]!) + f(shift!)));
  const depth = base.map((d, i) => d * f(1 + f(wobble! * u4![i]!)));
  return { gt, disparity, depth, mask: gt.map((d) => d > 0 && d <= maximum! ? 1 : 0) };
}
