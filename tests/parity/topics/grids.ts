/**
 * Topic 1: sampling coordinates.
 *
 * @module
 */
import {
  bifuseCubeToEquirectGrid,
  equirectRotationGrid,
  equirectToCubeGrid,
  faceCosines,
  rotationFromEuler,
  type SamplingGrid,
  unifuseCubeToEquirectGrid,
} from "@depth-anywhere/geometry";
import { type CaseRun, type Check, compare, exact } from "../check.ts";
import type { Case, TopicFolder } from "../reference.ts";
import { TOLERANCES } from "../tolerances.ts";

const tolerances = TOLERANCES.grids;

interface GridCase extends Case {
  readonly H: number;
  readonly W: number;
  readonly h: number;
  readonly w: number;
  readonly face: number;
  readonly rows?: string;
  readonly cols?: string;
  readonly rot_vec_degrees?: readonly [number, number, number];
}

/** Runs every case; its kind shows in the files it lists. */
export function* grids(topic: TopicFolder): Generator<CaseRun> {
  for (const c of topic.cases<GridCase>()) {
    yield { id: c.id, run: async () => ({ checks: await runGrid(topic, c) }) };
  }
}

function runGrid(topic: TopicFolder, c: GridCase): Promise<Check[]> {
  const has = (key: string): boolean => key in (c.files ?? {});
  if (has("u") && has("v")) return stripGrid(topic, c);
  if (has("xy")) return bifuseGrid(topic, c);
  if (has("face_id")) return unifuseGrid(topic, c);
  if (c.rot_vec_degrees) return rotationGrid(topic, c);
  if (has("grid")) return distillGrid(topic, c);
  throw new TypeError(`It is of no known kind: its files are ${Object.keys(c.files ?? {})}`);
}

async function stripGrid(topic: TopicFolder, c: GridCase): Promise<Check[]> {
  const { H: height, W: width, face: size } = c;
  const grid = equirectToCubeGrid({ height, width, size, layout: "strip" });
  const rows = indices(c.rows, size);
  const columns = indices(c.cols, 6 * size);
  const strip = (values: Float64Array): number[] =>
    rows.flatMap((i) =>
      columns.map((j) => values[(Math.floor(j / size) * size + i) * size + (j % size)]!)
    );
  const tolerance = tolerances.unifuseE2c(width);
  const checks = [
    compare("u", strip(grid.u), (await topic.file(c, "u")).data, tolerance),
    compare("v", strip(grid.v), (await topic.file(c, "v")).data, tolerance),
  ];
  if (c.files!.cosmap) {
    const { data } = await topic.file(c, "cosmap");
    checks.push(compare("cos α", faceCosines("strip", size), data, tolerances.cosines));
  }
  return checks;
}

async function distillGrid(topic: TopicFolder, c: GridCase): Promise<Check[]> {
  const { H: height, W: width, face: size } = c;
  const grid = equirectToCubeGrid({ height, width, size, layout: "distill", recipe: "released" });
  const all = normalised(grid);
  const picks = [0, 1, 2, 3, 4, 5].flatMap((face) =>
    indices(c.rows, size).flatMap((i) =>
      indices(c.cols, size).flatMap((j) => {
        const p = (face * size + i) * size + j;
        return [all[2 * p]!, all[2 * p + 1]!];
      })
    )
  );
  return [
    compare("lon/π, lat/(π/2)", picks, (await topic.file(c, "grid")).data, tolerances.distillE2c),
  ];
}

async function unifuseGrid(topic: TopicFolder, c: GridCase): Promise<Check[]> {
  const { h: height, w: width } = c;
  const size = Math.max(c.face, 2); // positions do not depend on it, but one pixel would hide them
  const { face, u, v } = unifuseCubeToEquirectGrid({ height, width, size });
  const position = (pixel: number): number => (2 * pixel) / (size - 1) - 1;
  const got = Array.from(face).flatMap((f, p) => [
    position(u[p]!),
    position(v[p]!),
    Math.fround(Math.fround(f / 2.5) - 1), // the original's third coordinate
  ]);
  return [
    exact("face id", face, (await topic.file(c, "face_id")).data),
    compare("u, v, t", got, (await topic.file(c, "grid")).data, tolerances.unifuseC2e),
  ];
}

async function bifuseGrid(topic: TopicFolder, c: GridCase): Promise<Check[]> {
  const { face, u, v } = bifuseCubeToEquirectGrid({ height: c.h, width: c.w, size: c.face });
  const got = Array.from(face).flatMap((_, p) => [u[p]!, v[p]!]);
  return [
    exact("face id", face, (await topic.file(c, "face_id")).data),
    compare("x, y", got, (await topic.file(c, "xy")).data, tolerances.bifuseC2e),
  ];
}

async function rotationGrid(topic: TopicFolder, c: GridCase): Promise<Check[]> {
  const [x, y, z] = c.rot_vec_degrees!.map((a) => (a / 180) * Math.PI);
  const rotation = rotationFromEuler(x!, y!, z!);
  const grid = equirectRotationGrid({ height: c.h, width: c.w, rotation, recipe: "released" });
  const { data } = await topic.file(c, "grid");
  return [compare("lon/π, lat/(π/2)", normalised(grid), data, tolerances.rotation, { modulo: 2 })];
}

/** Pixels of the released convention back to lon/π and lat/(π/2), interleaved. */
function normalised({ u, v, width, height }: SamplingGrid): number[] {
  return Array.from(u).flatMap((x, p) => [
    (2 * x) / (width - 1) - 1,
    (2 * v[p]!) / (height - 1) - 1,
  ]);
}

/** The indices that a slice such as "0::17" takes of `length`. */
function indices(slice: string | undefined, length: number): number[] {
  const [, from = "0", step = "1"] = slice?.match(/^(\d*)::(\d+)/) ?? [];
  const result: number[] = [];
  for (let i = Number(from); i < length; i += Number(step)) result.push(i);
  return result;
}
