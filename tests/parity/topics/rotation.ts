/**
 * Topic 2: rotating a panorama as the released code does.
 *
 * @module
 */
import {
  applyTaps,
  equirectRotationTaps,
  type Matrix3,
  rotate,
  rotationFromEuler,
  type Taps,
  type Vector3,
} from "@depth-anywhere/geometry";
import { type CaseRun, type Check, compare, exact } from "../check.ts";
import { imageInput } from "../inputs.ts";
import type { Case, TopicFolder } from "../reference.ts";
import { TOLERANCES } from "../tolerances.ts";

const tolerances = TOLERANCES.rotation;

interface RotationCase extends Case {
  readonly rot_vec_degrees: readonly [number, number, number];
  readonly matrix_R: readonly (readonly number[])[];
  readonly content_moves?: readonly {
    readonly input_direction: string;
    readonly output_direction_xyz_ydown: readonly number[];
  }[];
}

const DIRECTIONS: Readonly<Record<string, Vector3>> = {
  "front +z": [0, 0, 1],
  "right +x": [1, 0, 0],
  "down +y": [0, 1, 0],
};

/** Runs every case on the topic's two inputs. */
export function* rotation(topic: TopicFolder): Generator<CaseRun> {
  for (const c of topic.cases<RotationCase>()) {
    yield { id: c.id, run: async () => ({ checks: await runRotation(topic, c) }) };
  }
}

async function runRotation(topic: TopicFolder, c: RotationCase): Promise<Check[]> {
  const rgb = await imageInput(topic, topic.json.inputs.rgb);
  const depth = await imageInput(topic, topic.json.inputs.depth);
  const { height, width } = rgb;
  const rotation = rotationFromDegrees(c.rot_vec_degrees);
  const size = { height, width, rotation, recipe: "released" } as const;
  const turned = applyToPlanes(equirectRotationTaps(size), rgb.data);
  const picked = applyToPlanes(equirectRotationTaps({ ...size, sampling: "nearest" }), depth.data);
  const margin = (await topic.file(c, "nearest_margin_px")).data;
  return [
    compare("matrix", rotation, c.matrix_R.flat(), tolerances.matrix),
    ...(c.content_moves ?? []).map((move) => contentMove(rotation, move)),
    compare("rgb", turned, (await topic.file(c, "rgb_bilinear")).data, tolerances.rgb),
    exact(
      "nearest depth",
      picked,
      (await topic.file(c, "depth_nearest")).data,
      (i) => margin[i]! >= tolerances.nearestMargin,
    ),
  ];
}

function contentMove(
  rotation: Matrix3,
  move: NonNullable<RotationCase["content_moves"]>[number],
): Check {
  const from = DIRECTIONS[move.input_direction];
  if (!from) throw new TypeError(`Unknown direction "${move.input_direction}"`);
  const want = move.output_direction_xyz_ydown;
  return compare(`${move.input_direction} moves`, rotate(rotation, from), want, tolerances.matrix);
}

/** Rotation of three angles in degrees, as the released trainer draws it. */
export function rotationFromDegrees(degrees: readonly number[]): Matrix3 {
  const [x, y, z] = degrees.map((a) => (a / 180) * Math.PI);
  return rotationFromEuler(x!, y!, z!);
}

/** Resamples every plane of `[C, H, W]`, giving `[C, outputs]`. */
export function applyToPlanes(taps: Taps, planes: Float32Array): Float32Array {
  const channels = planes.length / taps.inputs;
  const result = new Float32Array(channels * taps.outputs);
  for (let c = 0; c < channels; c++) {
    const plane = planes.subarray(c * taps.inputs, (c + 1) * taps.inputs);
    result.set(applyTaps(taps, plane), c * taps.outputs);
  }
  return result;
}
