/**
 * One forward and backward pass of a network on fixed numbers. Web APIs only: the same code runs here and in a page,
 * on another compiler of WGSL and another adapter.
 *
 * @module
 */
import {
  batchNorm,
  conv2d,
  elu,
  findStudent,
  type Gpu,
  Graph,
  initialise,
  maxPool,
  openGpu,
  ParameterStore,
  sigmoid,
  type Tensor,
  upsampleNearest,
} from "@depth-anywhere/trainer/browser";

/** What a step gave. */
export interface StudentStep {
  readonly adapter: string;
  readonly output: number[];
  /** By the name of the parameter. */
  readonly gradients: Record<string, number[]>;
}

/** A network, the height of its panorama and the parameters whose gradients are looked at. */
interface Network {
  readonly height: number;
  readonly watched: readonly string[];
  record(graph: Graph, image: Tensor): Tensor;
}

const NETWORKS: Readonly<Record<"unifuse" | "layers", Network>> = {
  unifuse: {
    height: 64,
    watched: [
      "equi_encoder.conv1.weight",
      "cube_encoder.layer4.1.conv2.weight",
      "equi_decoder.0.selayer.fc.0.weight",
      "equi_decoder.15.conv.bias",
    ],
    record: (graph, image) => findStudent("unifuse").record(graph, image, { width: 0.25 }),
  },
  layers: { height: 32, watched: ["stem.weight", "norm.weight", "head.weight"], record: layers },
};

/** A few layers of every common kind: for kernels that are slow where they were not made for. */
function layers(graph: Graph, image: Tensor): Tensor {
  let x = conv2d(graph, image, graph.parameter("stem.weight", [12, 3, 7, 7]), {
    stride: 2,
    padding: 3,
  });
  const norm = {
    weight: graph.parameter("norm.weight", [12]),
    bias: graph.parameter("norm.bias", [12]),
    runningMean: graph.state("norm.running_mean", [12]),
    runningVar: graph.state("norm.running_var", [12]),
  };
  x = maxPool(graph, batchNorm(graph, x, norm, { relu: true }));
  x = elu(graph, conv2d(graph, x, graph.parameter("body.weight", [20, 12, 3, 3]), { padding: 1 }));
  x = upsampleNearest(graph, x);
  const bias = graph.parameter("head.bias", [1]);
  const head = graph.parameter("head.weight", [1, 20, 3, 3]);
  return sigmoid(graph, conv2d(graph, x, head, { padding: 1, bias }), 10);
}

/** Runs the step; `kind` decides which class of kernels is used, whatever the adapter is. */
export async function studentStep(
  network: keyof typeof NETWORKS,
  kind: Gpu["kind"],
): Promise<StudentStep> {
  const { height, watched, record } = NETWORKS[network];
  const gpu: Gpu = { ...await openGpu(), kind };
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "train");
  const image = graph.input("image", [1, height, 2 * height, 3]);
  const output = graph.output(record(graph, image));
  const upstream = graph.constant("upstream", wave(output.bytes / 4, 0.37, 1));
  graph.differentiateFrom([{ tensor: output, gradient: upstream }]);
  const plan = await graph.build();
  initialise(store, 7, findStudent("unifuse").encoders);
  plan.write(image, wave(image.bytes / 4, 0.011, 3));
  plan.run();
  const words = await plan.read(output);
  const gradients: Record<string, number[]> = {};
  for (const name of watched) gradients[name] = [...await store.get(name, "gradients")];
  plan.destroy();
  store.destroy();
  gpu.device.destroy();
  return { adapter: gpu.name, output: [...words.filter((_, i) => i % 4 === 0)], gradients };
}

/** A smooth row of numbers in the first `channels` of every 4, zero in the padding. */
function wave(words: number, frequency: number, channels: number): Float32Array {
  return Float32Array.from(
    { length: words },
    (_, i) => i % 4 < channels ? Math.sin(frequency * i + (i % 4)) : 0,
  );
}
