/**
 * The transpose of a map that is rewritten before every run, on the GPU.
 *
 * @module
 */
import { type Dispatch, type Graph, read, spread, type Tensor, write } from "../gpu/graph.ts";
import type { MapSize, TapTensors, TransposedTensors } from "./resample_map.ts";
import code from "./transpose_map.wgsl" with { type: "text" };

const block = 1024; // rows whose counts a workgroup sums up, as in the kernel

/**
 * What geometry's `transposeTaps`, its twin, gives for each of some maps, equal to the bit.
 *
 * @param size of each map
 * @param taps index and weight, `[maps * outputs * taps]` words; indices must lie inside the input
 */
export function transposeMap(
  graph: Graph,
  size: MapSize,
  maps: number,
  taps: TapTensors,
): TransposedTensors {
  const { inputs, outputs } = size;
  const entries = outputs * size.taps;
  const blocks = Math.floor(inputs / block) + 1; // starts are one more than inputs
  const words = (part: string, each: number): Tensor =>
    graph.temp(`transposed ${part}`, [maps * each]);
  const step = (
    entryPoint: string,
    bindings: Dispatch["bindings"],
    [x, y]: readonly [number, number?, number?],
  ): void =>
    graph.dispatch({
      label: `transpose_map ${entryPoint}`,
      shader: { file: "transpose_map.wgsl", code, entryPoint },
      uniforms: [inputs, entries, size.taps, blocks],
      bindings,
      workgroups: [x, y ?? 1, maps],
    });
  const perTap = spread(entries, 64);
  const forward = [read(taps.index), read(taps.weight)];

  const counts = words("counts", inputs);
  graph.clear(counts);
  const counting = { tensor: counts, access: "readwrite" } as const;
  step("count", [...forward, counting], perTap);
  const sums = words("sums", blocks);
  step("sum_blocks", [read(counts), write(sums)], [blocks]);
  step("scan_blocks", [{ tensor: sums, access: "readwrite" }], [1]);
  const start = words("start", inputs + 1);
  step("write_starts", [read(counts), read(sums), write(start)], [blocks]);
  const unordered = words("unordered", entries);
  step("fill", [...forward, counting, read(start), write(unordered)], perTap);
  const [index, weight] = [words("index", entries), words("weight", entries)];
  const made = [write(index), write(weight)];
  step("order", [...forward, read(unordered), read(start), ...made], perTap);
  return { start, index, weight, entries };
}
