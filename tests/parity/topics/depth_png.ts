/**
 * Topic 11: loading true depth from 16-bit PNG files and from float arrays.
 *
 * @module
 */
import {
  type DepthLabel,
  depthLabel,
  type DepthPixels,
  disparityTarget,
  readDepthPng,
} from "../../helpers/depth_png.ts";
import { type CaseRun, type Check, compare, exact, type Outcome } from "../check.ts";
import type { Case, FileEntry, TopicFolder } from "../reference.ts";
import { TOLERANCES } from "../tolerances.ts";

const tolerances = TOLERANCES.depthPng;

interface Loader {
  /** Starts with the divisor: "/4000 (…)". */
  readonly rule?: string;
  readonly files?: Readonly<Record<string, FileEntry>>;
}

interface DepthCase extends Case {
  readonly png: string;
  readonly png_shape: readonly number[];
  readonly png_values_first30?: readonly number[];
  readonly loader_size: readonly [number, number];
  readonly loaders: Readonly<Record<string, Loader>>;
}

/** Runs every case with each of its loaders, and the float depth. */
export function* depthPng(topic: TopicFolder): Generator<CaseRun> {
  for (const c of topic.cases<DepthCase>()) yield { id: c.id, run: () => runPng(topic, c) };
  if (topic.json.float_depth) yield { id: "float_depth", run: () => floatDepth(topic) };
}

async function runPng(topic: TopicFolder, c: DepthCase): Promise<Outcome> {
  const pixels = await readDepthPng(topic.path(c.png));
  const checks = [exact("size", [pixels.height, pixels.width], c.png_shape)];
  if (c.png_values_first30) {
    const first = Array.from(pixels.values).slice(0, c.png_values_first30.length);
    checks.push(exact("first values", first, c.png_values_first30));
  }
  const [height, width] = c.loader_size;
  const defined = new Set<string>();
  for (const [name, loader] of Object.entries(c.loaders)) {
    const unit = Number(/^\/(\d+)/.exec(loader.rule ?? "")?.[1]);
    const label = depthLabel(pixels, { unit, height, width });
    await compareLoader(topic, name, loader, label, { checks, defined });
  }
  return { checks, defined: [...defined].join("; ") || undefined };
}

async function floatDepth(topic: TopicFolder): Promise<Outcome> {
  const { input, loaders } = topic.json.float_depth as {
    input: string;
    loaders: Record<string, Loader>;
  };
  const { shape, data } = await topic.array([input]);
  const pixels: DepthPixels = { height: shape.at(-2)!, width: shape.at(-1)!, values: data };
  const checks: Check[] = [];
  const defined = new Set<string>();
  for (const [name, loader] of Object.entries(loaders)) {
    await compareLoader(topic, name, loader, depthLabel(pixels, { unit: 1 }), { checks, defined });
  }
  return { checks, defined: [...defined].join("; ") || undefined };
}

async function compareLoader(
  topic: TopicFolder,
  name: string,
  { files }: Loader,
  label: DepthLabel,
  { checks, defined }: { checks: Check[]; defined: Set<string> },
): Promise<void> {
  const target = disparityTarget(label);
  if (!files) { // the released loader raises
    defined.add("a map without a valid pixel gives a target of zeros");
    checks.push(exact(`${name} target`, target, new Float32Array(target.length)));
    return;
  }
  const metres = (await topic.array(files.metres!)).data;
  checks.push(compare(`${name} metres`, label.distance, metres, tolerances.metresRelative, {
    relative: true,
    where: (i) => metres[i]! >= 0,
  }));
  if (!metres.every((d) => d >= 0)) {
    defined.add("NaN and negative depths become 0");
    checks.push(
      exact(
        `${name} not a depth`,
        label.distance,
        new Float32Array(metres.length),
        (i) => !(metres[i]! >= 0),
      ),
    );
  }
  checks.push(exact(`${name} mask`, label.valid, (await topic.array(files.mask!)).data));
  if (!files.disparity_target) return;
  const want = (await topic.array(files.disparity_target)).data;
  const flat = label.valid.includes(1) && want.every((v, i) => !label.valid[i] || Number.isNaN(v));
  if (flat) {
    defined.add("a flat map gives a target of zeros, not NaN");
    checks.push(exact(`${name} target`, target, new Float32Array(target.length)));
  } else { // one released class leaves metres on invalid pixels; here they are 0
    checks.push(
      compare(`${name} target`, target, want, tolerances.target, {
        where: (i) => label.valid[i] === 1,
      }),
    );
  }
}
