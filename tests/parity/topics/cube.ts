/**
 * Topic 3: cutting a panorama into cube faces.
 *
 * @module
 */
import {
  equirectToCubeTaps,
  faceCosines,
  type FaceLayout,
  type Taps,
} from "@depth-anywhere/geometry";
import { type CaseRun, type Check, compare, exact } from "../check.ts";
import { type ImageInput, imageInput, type Planes } from "../inputs.ts";
import type { Case, TopicFolder } from "../reference.ts";
import { TOLERANCES } from "../tolerances.ts";
import { applyToPlanes } from "./rotation.ts";

const tolerances = TOLERANCES.cube;

interface CubeCase extends Case {
  readonly inputs: Readonly<Record<string, ImageInput>>;
}

/** Runs every case; its layout shows in the files it lists. */
export function* cube(topic: TopicFolder): Generator<CaseRun> {
  for (const c of topic.cases<CubeCase>()) {
    yield { id: c.id, run: async () => ({ checks: await runCube(topic, c) }) };
  }
}

function runCube(topic: TopicFolder, c: CubeCase): Promise<Check[]> {
  const has = (key: string): boolean => key in (c.files ?? {});
  if (has("rgb_float")) return strip(topic, c);
  if (has("radial_depth_nearest")) return distill(topic, c);
  if (has("faces")) return batchOrder(topic, c);
  throw new TypeError(`It is of no known kind: its files are ${Object.keys(c.files ?? {})}`);
}

async function strip(topic: TopicFolder, c: CubeCase): Promise<Check[]> {
  const rgb = await imageInput(topic, c.inputs.rgb!);
  const want = await topic.file(c, "rgb_float");
  const size = want.shape.at(-2)!;
  const cut = (planes: Planes, taps: Taps): Float32Array =>
    toStrip(applyToPlanes(taps, planes.data), size);
  const bilinear = taps(rgb, size, "strip", "bilinear");
  const checks = [compare("rgb", cut(rgb, bilinear), want.data, tolerances.bilinear)];

  const quantised = await topic.array([(c.inputs.rgb_u8 as ImageInput).file!]);
  const rounded = cut({ ...rgb, data: quantised.data }, bilinear).map((v) => Math.floor(v + 0.5));
  checks.push(offByOne(rounded, (await topic.file(c, "rgb_u8")).data));

  const depth = await imageInput(topic, c.inputs.depth!);
  const cosines = faceCosines("strip", size);
  const zDepth = applyToPlanes(taps(depth, size, "strip", "nearest"), depth.data)
    .map((d, p) => d * cosines[p % cosines.length]!);
  const margin = (await topic.file(c, "nearest_margin_px")).data;
  checks.push(compare(
    "nearest zDepth",
    toStrip(zDepth, size),
    (await topic.file(c, "zdepth_nearest")).data,
    tolerances.bilinear, // the picks are exact, their product with cos α is rounded
    { where: (i) => margin[i]! >= tolerances.nearestMargin },
  ));
  return checks;
}

async function distill(topic: TopicFolder, c: CubeCase): Promise<Check[]> {
  const rgb = await imageInput(topic, c.inputs.rgb!);
  const depth = await imageInput(topic, c.inputs.depth!);
  const want = await topic.file(c, "rgb");
  const size = want.shape.at(-1)!;
  const bilinear = taps(rgb, size, "distill", "bilinear");
  const nearest = taps(depth, size, "distill", "nearest");
  const margin = (await topic.file(c, "nearest_margin_px")).data;
  const faces = facesFirst(applyToPlanes(bilinear, rgb.data), 3, size);
  return [
    compare("rgb", faces, want.data, tolerances.bilinear),
    compare(
      "distance",
      applyToPlanes(bilinear, depth.data),
      (await topic.file(c, "radial_depth_bilinear")).data,
      tolerances.bilinear,
    ),
    exact(
      "nearest distance",
      applyToPlanes(nearest, depth.data),
      (await topic.file(c, "radial_depth_nearest")).data,
      (i) => margin[i]! >= tolerances.nearestMargin,
    ),
  ];
}

async function batchOrder(topic: TopicFolder, c: CubeCase): Promise<Check[]> {
  const rgb = await imageInput(topic, c.inputs.rgb!);
  const want = await topic.file(c, "faces");
  const size = want.shape.at(-1)!;
  const cut = taps(rgb, size, "distill", "bilinear");
  const image = 3 * rgb.height * rgb.width;
  const got = Array.from(
    { length: rgb.data.length / image },
    (_, b) =>
      facesFirst(applyToPlanes(cut, rgb.data.subarray(b * image, (b + 1) * image)), 3, size),
  );
  return [compare("faces", got.flatMap((f) => [...f]), want.data, tolerances.bilinear)];
}

function taps(
  { height, width }: Planes,
  size: number,
  layout: FaceLayout,
  sampling: "bilinear" | "nearest",
): Taps {
  return equirectToCubeTaps({ height, width, size, layout, sampling, recipe: "released" });
}

/** `[C, 6, size, size]` to one strip, `[C, size, 6 size]`. */
function toStrip(planes: Float32Array, size: number): Float32Array {
  return planes.map((_, i) => {
    const column = i % (6 * size);
    const row = Math.floor(i / (6 * size)) % size;
    const channel = Math.floor(i / (6 * size * size));
    const face = Math.floor(column / size);
    return planes[((channel * 6 + face) * size + row) * size + (column % size)]!;
  });
}

/** `[C, 6, size, size]` to `[6, C, size, size]`. */
export function facesFirst(planes: Float32Array, channels: number, size: number): Float32Array {
  const area = size * size;
  return planes.map((_, i) => {
    const [face, channel] = [Math.floor(i / (channels * area)), Math.floor(i / area) % channels];
    return planes[(channel * 6 + face) * area + (i % area)]!;
  });
}

/** Share of uint8 values that differ by 1 (a tie rounded the other way); more than 1 is an error. */
function offByOne(got: Float32Array, want: Float32Array): Check {
  let count = 0;
  for (let i = 0; i < want.length; i++) {
    const difference = Math.abs(got[i]! - want[i]!);
    count += difference > 1 ? Infinity : difference;
  }
  return {
    quantity: "uint8 rgb off by 1",
    error: count / want.length,
    tolerance: tolerances.uint8OffByOne,
  };
}
