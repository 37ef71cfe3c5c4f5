/**
 * `train` with one more student, `tiny`: a strided convolution, a 3×3 one and a head. It learns little but compiles in a
 * moment, so that tests of the whole command take seconds. It is also the test that a student is a forward recording and
 * nothing else.
 *
 * @module
 */
import type { Graph, Tensor } from "../../trainer/gpu/graph.ts";
import { sigmoid } from "../../trainer/kernels/sigmoid.ts";
import { upsampleNearest } from "../../trainer/kernels/upsample_nearest.ts";
import { Layers } from "../../trainer/models/layers.ts";
import { addStudent } from "../../trainer/models/student.ts";

function record(graph: Graph, image: Tensor): Tensor {
  const layers = new Layers(graph);
  const names = ["encoder.conv", "encoder.norm"] as const;
  let x = layers.convNorm(names, image, 8, { kernel: 3, stride: 2, relu: true });
  x = layers.convElu("decoder", upsampleNearest(graph, x), 8);
  return sigmoid(graph, layers.conv("head", x, 1, { kernel: 3, bias: true }));
}

addStudent({ name: "tiny", smallestHeight: 64, floatsPerPixel: () => 8, encoders: [], record });
