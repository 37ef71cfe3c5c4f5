import { deepEqual, throws } from "node:assert/strict";
import {
  applyTaps,
  drawRotation,
  equirectToCubeTaps,
  IDENTITY,
  type Matrix3,
  pixelToRay,
  type Taps,
  transposeTaps,
} from "@depth-anywhere/geometry";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { cubeTaps } from "./cube_taps.ts";

const rotations: Matrix3[] = [
  IDENTITY,
  drawRotation("so3", [0.1, 0.7, 0.3]),
  drawRotation("so3", [0.6, 0.2, 0.9]),
];

/** The maps of the rotations as the GPU makes them, and the transposed tensors' words. */
async function made(height: number, size: number, rotations: readonly Matrix3[]) {
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const matrices = graph.input("rotations", [rotations.length * 9]);
  const map = cubeTaps(graph, matrices, { height, size });
  const back = map.transposed();
  for (const tensor of [map.index, map.weight, back.start, back.index, back.weight]) {
    graph.output(tensor);
  }
  const plan = await graph.build();
  plan.write(matrices, Float32Array.from(rotations.flat()));
  plan.run();
  const whole = async (tensor: typeof map.index) =>
    new Uint32Array((await plan.read(tensor)).buffer as ArrayBuffer);
  const index = await whole(map.index);
  const weight = await plan.read(map.weight) as Float32Array<ArrayBuffer>;
  const { outputs, inputs } = map;
  const maps = rotations.map((_, i): Taps => {
    const [from, to] = [i * outputs * 4, (i + 1) * outputs * 4];
    return {
      outputs,
      inputs,
      taps: 4,
      index: index.slice(from, to),
      weight: weight.slice(from, to),
    };
  });
  const transposed = {
    start: await whole(back.start),
    index: await whole(back.index),
    weight: await plan.read(back.weight),
    entries: back.entries,
  };
  plan.destroy();
  return { maps, transposed };
}

// A face of 3 pixels looks straight at a pole; 256 is the paper's size.
for (const [height, size] of [[2, 1], [6, 3], [64, 32], [512, 256]] as const) {
  Deno.test(`cubeTaps reads where geometry's twin does, ${size} x ${size} of ${height} rows`, async () => {
    const { maps } = await made(height, size, rotations);
    const width = 2 * height;
    const directions = new Float64Array(3 * height * width);
    for (let p = 0; p < height * width; p++) {
      directions.set(pixelToRay(p % width, Math.floor(p / width), width, height), 3 * p);
    }
    maps.forEach((taps, i) => {
      const twin = equirectToCubeTaps({ height, width, size, rotation: rotations[i]! });
      // Directions that were read: off by the arcs and by what float32 holds of a column at 1024.
      assertClose(applyTaps(taps, directions, 3), applyTaps(twin, directions, 3), {
        atol: 1e-6,
        rtol: 0,
        name: `directions of rotation ${i}`,
      });
    });
  });
}

Deno.test("cubeTaps gives every tap its twin's weight, over the seam and the poles, seed noise", async () => {
  const [height, size] = [32, 16];
  const { maps } = await made(height, size, rotations);
  const noise = fill("noise", [2 * height ** 2]).data;
  maps.forEach((taps, i) => {
    const twin = equirectToCubeTaps({ height, width: 2 * height, size, rotation: rotations[i]! });
    assertClose(applyTaps(taps, noise), applyTaps(twin, noise), { atol: 1e-4, name: `noise ${i}` });
  });
});

Deno.test("cubeTaps is transposed on the GPU to the bit, at the paper's size", async () => {
  const { maps, transposed } = await made(512, 256, rotations);
  const { start, index, weight, entries } = transposed;
  maps.forEach((taps, i) => {
    const want = transposeTaps(taps);
    const [row, first, count] = [i * (taps.inputs + 1), i * entries, want.index.length];
    deepEqual(start.slice(row, row + taps.inputs + 1), want.start);
    deepEqual(index.slice(first, first + count), want.index);
    deepEqual(weight.slice(first, first + count), want.weight);
  });
});

Deno.test("cubeTaps reads nothing by a rotation that nobody wrote", async () => {
  const nothing: Matrix3 = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  const { maps: [taps, other], transposed: { start } } = await made(8, 4, [nothing, IDENTITY]);
  deepEqual(taps!.weight, new Float32Array(4 * 96));
  deepEqual(start.slice(0, 129), new Uint32Array(129));
  deepEqual(start.slice(129, 258), transposeTaps(other!).start);
});

Deno.test("cubeTaps refuses half a rotation, faces of no pixels and odd rows", async () => {
  const graph = new Graph(await testGpu(), new ParameterStore(await testGpu()), "evaluate");
  throws(
    () => cubeTaps(graph, graph.input("R", [12]), { height: 4, size: 2 }),
    /TypeError: Cannot cut faces by "R" of shape \[12\]: nine floats a rotation are needed/,
  );
  throws(
    () => cubeTaps(graph, graph.input("R", [9]), { height: 4, size: 0.5 }),
    /RangeError: Cannot cut faces of 0.5 pixels out of 4 rows/,
  );
  throws(
    () => cubeTaps(graph, graph.input("R", [9]), { height: 5, size: 2 }),
    /RangeError: Cannot cut faces of 2 pixels out of 5 rows: .*, the rows even/,
  );
});
