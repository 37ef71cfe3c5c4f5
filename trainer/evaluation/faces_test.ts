import { ok } from "node:assert/strict";
import { openTeacher } from "@depth-anywhere/teacher";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { styles } from "../data/rooms/rooms.ts";
import { readOnnxWeights } from "../formats/onnx_weights.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { perspectiveNet } from "../models/perspective_net.ts";
import { scoreFaces, teacherPredictor } from "./faces.ts";

const builtin = new URL("../../teacher/weights/builtin.onnx", import.meta.url);
const need = ignoreWithout({ paths: [builtin] });

Deno.test({
  name: "The embedded teacher is small: 8 MB, half a GFLOP a face" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const file = await Deno.readFile(builtin);
    ok(file.length <= 8e6, `${file.length} bytes`);
    const width = Number(readOnnxWeights(file, "builtin").metadata.width);
    const graph = new Graph(await testGpu(), new ParameterStore(await testGpu()), "evaluate");
    graph.output(perspectiveNet(graph, graph.input("face", [1, 64, 64, 3]), { width }));
    const plan = await graph.build();
    ok(plan.flops > 1e8 && plan.flops <= 0.5e9, `${plan.flops / 1e9} GFLOP`);
    plan.destroy();
  },
});

Deno.test({
  name: "The embedded teacher knows the faces of the test split, indoors and out" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const teacher = await openTeacher({ model: "builtin" });
    const set = { seed: 1, split: "test", perStyle: 48, styles, size: teacher.inputSize } as const;
    const scores = await scoreFaces(await testGpu(), set, teacherPredictor(teacher));
    await teacher.close();
    const indoors = styles.filter((style) => !["street", "forest", "open"].includes(style))
      .map((style) => scores[style]!.affine.delta1);
    const { affine: { delta1 }, constant } = scores.all!;
    ok(delta1 >= 0.8, `all styles: ${delta1}, a constant ${constant.delta1}`);
    ok(indoors.reduce((a, b) => a + b) / indoors.length >= 0.85, `indoors: ${indoors}`);
  },
});
