/** On which side of its thresholds each number of this project's training step lies. */
import { openGpu } from "../../../trainer/gpu/device.ts";
import { type Dispatch, Graph, type Tensor } from "../../../trainer/gpu/graph.ts";
import { ParameterStore } from "../../../trainer/gpu/parameters.ts";
import { SafetensorsFile, writeSafetensors } from "../../../trainer/formats/safetensors_file.ts";
import { activationNumber } from "../../../trainer/kernels/conv2d_activation.ts";
import { activationAt } from "../../../trainer/kernels/conv2d_epilogue.ts";
import { channelsFirst, channelsLast } from "../channels.ts";
import { answerOnce } from "../measure.ts";
import { recordNetwork } from "../networks/own_network.ts";
import type { NetworkWork } from "../work.ts";
import type { Floats } from "../answer.ts";

/** What is asked. */
export interface SidesRequest {
  readonly work: NetworkWork;
  /** Path of the work's material. */
  readonly material: string;
  /** Path of the file that is written: `relu 0`, `relu 1` … as the network has them, and `prediction`. */
  readonly to: string;
}

/** What is answered. */
export interface SidesResult {
  /** Numbers that went through a ReLU. */
  readonly cut: number;
}

/** A graph of a forward pass that keeps what its ReLUs give, also of those that a batch norm or a convolution applies. */
export class WatchedGraph extends Graph {
  /** In the order of the network. */
  readonly relus: Tensor[] = [];

  override dispatch(dispatch: Dispatch): void {
    super.dispatch(dispatch);
    if (!cuts(dispatch)) return;
    const { tensor } = dispatch.bindings.find(({ access }) => access === "write")!; // moments come after it
    this.relus.push(this.output(tensor));
  }
}

function cuts({ label, uniforms, shader: { file, constants } }: Dispatch): boolean {
  return label === "relu forward" || (file === "batch_norm.wgsl" && constants?.RELU === true) ||
    uniforms?.[(activationAt as Record<string, number>)[file] ?? -1] === activationNumber("relu");
}

const padded = ({ shape }: Tensor): number => Math.ceil(shape[3]! / 4) * 4;

async function measure({ work, material, to }: SidesRequest): Promise<SidesResult> {
  const gpu = await openGpu();
  const store = new ParameterStore(gpu);
  const graph = new WatchedGraph(gpu, store, "train"); // with the statistics of the batch
  const image = graph.input("image", [work.batch, work.height, 2 * work.height, 3]);
  const prediction = graph.output(recordNetwork(graph, image, work));
  const plan = await graph.build();
  using file = await SafetensorsFile.open(material);
  for (const name of [...store.names(), ...store.states()]) {
    store.set(name, (await file.read(name)).data as Floats);
  }
  const { data, shape } = await file.read("image");
  plan.write(image, channelsLast(data as Floats, shape, padded(image)));
  plan.run();
  const kept = graph.relus.map((relu, i) => [`relu ${i}`, relu] as const);
  const tensors = [];
  for (const [name, x] of [...kept, ["prediction", prediction] as const]) {
    const [n, h, w, c] = x.shape as [number, number, number, number];
    const values = channelsFirst(await plan.read(x), [n, c, h, w], padded(x));
    tensors.push([name, { shape: [n, c, h, w], data: values }] as const);
  }
  await writeSafetensors(to, tensors);
  const sizes = graph.relus.map(({ shape }) => shape.reduce((a, b) => a * b));
  return { cut: sizes.reduce((a, b) => a + b, 0) };
}

if (import.meta.main) await answerOnce(measure);
