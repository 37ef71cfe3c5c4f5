import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { readOnnxForm } from "@depth-anywhere/teacher";
import { fill } from "../../tests/helpers/fill.ts";
import { unpadChannels } from "../../tests/helpers/padding.ts";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { runOnnx } from "../../tests/helpers/run_onnx.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { filledWeights } from "../../tests/helpers/student_weights.ts";
import { Graph, type Tensor } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { prepareImage } from "../kernels/prepare_image.ts";
import { resample } from "../kernels/resample.ts";
import { constantMap } from "../kernels/resample_map.ts";
import { stack } from "../kernels/stack.ts";
import type { NamedWeights } from "../models/initialise.ts";
import { Layers } from "../models/layers.ts";
import { bifusepp } from "../models/bifusepp.ts";
import { findStudent, type Student } from "../models/student.ts";
import { unifuse, type UniFuseOptions } from "../models/unifuse.ts";
import { studentOnnx } from "./student_onnx.ts";

const need = ignoreWithout({ read: true, env: true, sys: true });
const height = 64;
const options = { width: 0.25 };

function student(record: Student["record"], smallestHeight = 64): Student {
  const small = { smallestHeight, floatsPerPixel: () => 4, encoders: [] };
  return { name: "given", ...small, record };
}

/** UniFuse with a fusion of its own. */
function fusion(more: UniFuseOptions): Student {
  return student((graph, image, { width }) => unifuse(graph, image, { width, ...more }));
}

/** Packed pixels of panoramas, and the same as planes of sRGB in 0..1. */
function panoramas(count: number, height: number): { packed: Uint32Array; planes: Float32Array } {
  const area = 2 * height ** 2;
  const bytes = fill("panoramas", [count * 3 * area], 0, 256).data.map(Math.floor);
  const at = (image: number, channel: number, p: number): number =>
    bytes[(image * 3 + channel) * area + p]!;
  const packed = Uint32Array.from({ length: count * area }, (_, i) => {
    const [image, p] = [Math.floor(i / area), i % area];
    return at(image, 0, p) | at(image, 1, p) << 8 | at(image, 2, p) << 16;
  });
  return { packed, planes: bytes.map((v) => v / 255) };
}

/** What the engine makes of them, from the pixels on. */
async function ownForward(
  of: Student,
  weights: NamedWeights,
  { packed, height }: { packed: Uint32Array; height: number },
): Promise<Float32Array> {
  const gpu = await testGpu();
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "evaluate");
  const pixels = graph.input("panoramas", [packed.length]);
  const { image } = prepareImage(graph, pixels, {
    size: { height, width: 2 * height },
    jitter: false,
  });
  const output = graph.output(of.record(graph, image, options));
  const plan = await graph.build();
  for (const [name, { data }] of weights) store.set(name, data);
  plan.write(pixels, packed);
  plan.run();
  const result = unpadChannels(await plan.read(output), output.shape, "disparity");
  plan.destroy();
  store.destroy();
  return result;
}

/** Largest difference, relative to the largest value. */
function relative(got: Float32Array, want: Float32Array): number {
  equal(got.length, want.length);
  const most = want.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return got.reduce((a, b, i) => Math.max(a, Math.abs(b - want[i]!)), 0) / most;
}

const exported: [string, Student][] = [
  ["unifuse", findStudent("unifuse")],
  ["unifuse without squeeze-excite", fusion({ squeezeExcite: false })],
  ["unifuse by cat", fusion({ fusion: "cat" })],
  ["unifuse by biproj", fusion({ fusion: "biproj" })],
  ["BiFuse++", student((graph, image, { width }) => bifusepp(graph, image, { width }), 128)],
];

for (const [name, of] of exported) {
  Deno.test({
    name: `An exported ${name} gives what the engine gives, for any batch${need.suffix}`,
    ignore: need.ignore,
    async fn() {
      const weights = filledWeights(of, options);
      const height = of.smallestHeight;
      const model = studentOnnx(of, weights, { options, height });
      for (const batch of [1, 2]) { // recorded with two
        const { packed, planes } = panoramas(batch, height);
        const feeds = { panorama: { data: planes, dims: [batch, 3, height, 2 * height] } };
        const { disparity } = await runOnnx(model, feeds);
        deepEqual(disparity!.dims, [batch, height, 2 * height]);
        const want = await ownForward(of, weights, { packed, height });
        ok(want.some((v) => Math.abs(v - want[0]!) > 0.1), "the map is flat");
        const error = relative(disparity!.data, want);
        ok(error < 1e-4, `differs by ${error} of the largest value`);
      }
    },
  });
}

Deno.test({
  name: "Faces in either order, and taps without weight, come out as in the engine" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const area = 2 * height ** 2;
    const faces = (pixels: number) => ({
      outputs: 6 * pixels,
      inputs: area,
      taps: 2,
      index: Uint32Array.from({ length: 12 * pixels }, (_, i) => i % 7 ? i * 31 % area : 1 << 30),
      weight: Float32Array.from({ length: 12 * pixels }, (_, i) => i % 7 ? (i % 5) / 4 : 0),
    });
    const back = {
      outputs: area,
      inputs: 6 * 16,
      taps: 1,
      index: Uint32Array.from({ length: area }, (_, i) => i * 17 % 96),
      weight: new Float32Array(area).fill(1),
    };
    for (const order of ["image-major", "face-major"] as const) {
      const of = student((graph: Graph, image: Tensor) => {
        const map = constantMap(graph, "out", faces(16));
        const cube = resample(graph, image, map, { height: 4, width: 4, to: order });
        const panorama = resample(graph, cube, constantMap(graph, "back", back), {
          height,
          width: 2 * height,
          from: order,
        });
        return new Layers(graph).conv("head", panorama, 1, { kernel: 3 });
      });
      const weights = filledWeights(of, options);
      const { packed, planes } = panoramas(2, height);

      const model = studentOnnx(of, weights, { options, height, batch: 2 });
      const feeds = { panorama: { data: planes, dims: [2, 3, height, 2 * height] } };
      const { disparity } = await runOnnx(model, feeds);
      const want = await ownForward(of, weights, { packed, height });
      ok(relative(disparity!.data, want) < 1e-5);
    }
  },
});

Deno.test("studentOnnx() fixes the batch where one is asked for, and stores halves", () => {
  const of = findStudent("unifuse");
  const weights = filledWeights(of, options);
  const whole = studentOnnx(of, weights, { options, height, batch: 3, metadata: { made: "here" } });
  const form = readOnnxForm(whole, "unifuse.onnx");
  deepEqual(form.inputs.map(({ name, dims }) => [name, dims]), [["panorama", [3, 3, 64, 128]]]);
  deepEqual(form.outputs.map(({ name, dims }) => [name, dims]), [["disparity", [3, 64, 128]]]);
  equal(form.metadata.made, "here");
  const half = studentOnnx(of, weights, { options, height, stored: "f16" });
  ok(half.length < 0.6 * whole.length, `${half.length} of ${whole.length}`);
});

Deno.test("studentOnnx() names a weight that is missing or of another shape", () => {
  const of = findStudent("unifuse");
  const weights = new Map(filledWeights(of, options));
  const at = { options, height };
  throws(
    () => studentOnnx(of, weights, { ...at, options: { width: 0.5 } }),
    /^TypeError: Cannot export to ONNX: tensor "equi_encoder\.conv1\.weight" is \[16,3,7,7\], the network needs \[32,3,7,7\]$/,
  );
  weights.delete("equi_decoder.15.conv.bias");
  throws(
    () => studentOnnx(of, weights, at),
    /^RangeError: Cannot export to ONNX: the weights have no tensor "equi_decoder\.15\.conv\.bias"$/,
  );
});

Deno.test("An op without a form in ONNX, and a view, are refused by name", () => {
  const at = { options, height };
  throws(
    () => studentOnnx(student((graph, image) => stack(graph, [image, image])), new Map(), at),
    /^TypeError: Cannot export op "stack" to ONNX: known are conv2d, conv2d_norm, batch_norm, resample, /,
  );
  const first = student((graph, image) => graph.slice(image, 0, 1));
  throws(() => studentOnnx(first, new Map(), at), /Cannot export "image" .* no output of an op$/);
});
