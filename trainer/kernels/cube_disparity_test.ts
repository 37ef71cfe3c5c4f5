import { deepEqual, ok, throws } from "node:assert/strict";
import { distillationPath, rotationFromEuler } from "@depth-anywhere/geometry";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { runOp, testGpu } from "../../tests/helpers/run_op.ts";
import { readNpy } from "../formats/npy.ts";
import { Graph, type Tensor } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { cubeDisparity } from "./cube_disparity.ts";
import { cubeDisparityReference } from "./cube_disparity_reference.ts";
import { resample } from "./resample.ts";
import { constantMap } from "./resample_map.ts";
import { shiftMinimum } from "./shift_minimum.ts";

for (const order of ["image-major", "face-major"] as const) {
  for (const recipe of ["paper", "released"] as const) {
    Deno.test(`cubeDisparity(${recipe}, ${order}) equals its twin, seed d`, async () => {
      const factor = fill("d factor", [6 * 9], 0.5, 1);
      await checkOp({
        operands: {
          x: fill("d", [18, 3, 3, 1], -2, 5),
          factor: { ...factor, kind: "data" },
        },
        record: (graph, { x, factor }) => cubeDisparity(graph, x, factor, { recipe, order }),
        twin: ({ x }) => cubeDisparityReference(x, factor.data, order === "face-major"),
      });
    });
  }
}

Deno.test("cubeDisparity of a zero is 0, with slope 1/a (paper) or a (released)", async () => {
  const factor = Float32Array.of(0.5, 0.625, 0.75, 0.8, 0.9, 1);
  for (const recipe of ["paper", "released"] as const) {
    const { output, gradients } = await runOp({
      operands: { x: { shape: [6, 1, 1, 1], data: Float32Array.of(0, 3, 0, 4, 0, 5) } },
      record: (graph, { x }) => cubeDisparity(graph, x, graph.constant("a", factor), { recipe }),
      upstream: new Float32Array(6).fill(2),
    });
    assertClose(output, [0, 4.8, 0, 5, 0, 5]);
    const slope = (a: number, i: number): number =>
      i % 2 === 0 && recipe === "released" ? a : 1 / a;
    assertClose(gradients.x!, factor.map((a, i) => 2 * slope(a, i)));
  }
});

Deno.test("cubeDisparity refuses factors of another size", async () => {
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const [x, a] = [graph.input("x", [6, 2, 2, 1]), graph.input("a", [23])];
  throws(() => cubeDisparity(graph, x, a), /\[6,2,2,1\] with 23 factors/);
});

/** The whole way of a prediction to the teacher's faces. */
function distil(graph: Graph, x: Tensor, recipe: "paper" | "released", degrees: number[]): Tensor {
  const [, height = 0, width = 0] = x.shape;
  const [a = 0, b = 0, c = 0] = degrees.map((d) => d * Math.PI / 180);
  const size = height / 2;
  const rotation = rotationFromEuler(a, b, c);
  const path = distillationPath({ height, width, size, rotation, recipe });
  const map = constantMap(graph, "distillation", path.taps);
  const lifted = recipe === "released" ? shiftMinimum(graph, x) : x;
  const sampled = resample(graph, lifted, map, { height: size, width: size, to: "image-major" });
  return cubeDisparity(graph, sampled, graph.constant("factor", path.factor), { recipe });
}

Deno.test("cubeDisparity of a room at distance d has disparity 1/(d cos α) on every face", async () => {
  const { output } = await runOp({
    operands: { x: { shape: [2, 16, 32, 1], data: new Float32Array(1024).fill(0.25) } },
    record: (graph, { x }) => distil(graph, x, "paper", [20, 30, 40]),
  });
  deepEqual([Math.min(...output) >= 0.25, Math.max(...output) <= 0.25 * Math.sqrt(3)], [
    true,
    true,
  ]);
});

const reference = new URL("../../../shared/reference/04_distillation_path/", import.meta.url);
const need = ignoreWithout({ paths: [reference] });

Deno.test({
  name: "cubeDisparity(released) equals the released distillation path and its gradient" +
    need.suffix,
  ignore: need.ignore,
  async fn() {
    const { cases } = JSON.parse(await Deno.readTextFile(new URL("case.json", reference)));
    const array = async (name: string): Promise<Float32Array> =>
      (await readNpy(new URL(name, reference).pathname)).data as Float32Array;
    for (const { id, files, rot_vec_degrees: degrees, unlabelled, min_of_input } of cases) {
      const [data, upstream] = [
        await array(files.pred_unlabelled[0]),
        await array(files.w[0]),
      ];
      const [, , height, width] = files.pred_unlabelled[1];
      const { output, gradients } = await runOp({
        operands: { x: { shape: [unlabelled, height, width, 1], data } },
        record: (graph, { x }) => distil(graph, x, "released", degrees),
        upstream,
      });
      ok(min_of_input >= 0 === (Math.min(...data) >= 0));
      // Next to a rounding boundary of a nearest pick a neighbour is as good.
      const margin = await array(files.nearest_margin_px[0]);
      const safe = (_: number, i: number): boolean => margin[i % margin.length]! >= 1e-4;
      const want = (await array(files.cube_disparity[0])).filter(safe);
      assertClose(output.filter(safe), want, { atol: 1e-6, rtol: 5e-6, name: `${id} faces` });
      if (margin.some((m) => m < 1e-4)) continue; // then the gradient goes elsewhere too
      const gradient = await array(files.grad_pred[0]);
      const most = Math.max(...gradient.map(Math.abs));
      assertClose(gradients.x!, gradient, { atol: 5e-6 * most, rtol: 0, name: `${id} gradient` });
    }
    ok(cases.length >= 5);
  },
});
