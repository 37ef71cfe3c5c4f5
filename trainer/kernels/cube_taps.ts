/**
 * The map from panoramas to the faces of rotated cubes, made on the GPU: a step with random rotations has nothing to
 * wait for but nine floats each.
 *
 * @module
 */
import { type Graph, read, spread, type Tensor, write } from "../gpu/graph.ts";
import code from "./cube_taps.wgsl" with { type: "text" };
import { ResampleMap } from "./resample_map.ts";
import { transposeMap } from "./transpose_map.ts";

/** Sizes of a panorama and of the faces cut out of it. */
export interface CubeTapsOptions {
  /** Rows of the panorama, an even number; twice as many columns. */
  readonly height: number;
  /** Pixels along each face. */
  readonly size: number;
}

/**
 * Bilinear taps from a panorama to the six faces of its rotated cube, made anew in every run: what geometry's
 * `equirectToCubeTaps` gives for the layout `distill` and the recipe `paper`, its twin, within 1e-6 rad.
 *
 * @param rotations of the content, `[maps * 9]` floats, each by rows; one of zeros reads nothing
 * @returns from the pixels of a panorama to those of the faces B D F L R U, one map for each rotation
 * @throws TypeError when the rotations are not whole; RangeError for a height that is odd, or sizes that are no positive
 *   integers
 */
export function cubeTaps(
  graph: Graph,
  rotations: Tensor,
  { height, size }: CubeTapsOptions,
): ResampleMap {
  const maps = rotations.bytes / 36;
  if (!Number.isInteger(maps)) {
    throw new TypeError(
      `Cannot cut faces by "${rotations.name}" of shape [${rotations.shape}]: nine floats a rotation are needed`,
    );
  }
  if (!(Number.isInteger(height / 2) && Number.isInteger(size) && Math.min(height, size) > 0)) {
    throw new RangeError(
      `Cannot cut faces of ${size} pixels out of ${height} rows: both must be positive integers, the rows even`,
    );
  }
  const outputs = 6 * size ** 2;
  const [index, weight] = ["index", "weight"].map((part) =>
    graph.temp(`cube taps ${part}`, [maps * outputs * 4])
  ) as [Tensor, Tensor];
  const [x, y] = spread(outputs, 64);
  graph.dispatch({
    label: "cube_taps forward",
    shader: { file: "cube_taps.wgsl", code, entryPoint: "forward" },
    uniforms: [height, size],
    bindings: [read(rotations), write(index), write(weight)],
    workgroups: [x, y, maps],
  });
  const sizes = { outputs, inputs: 2 * height ** 2, taps: 4 };
  const taps = { index, weight };
  return new ResampleMap(sizes, maps, taps, () => transposeMap(graph, sizes, maps, taps));
}
