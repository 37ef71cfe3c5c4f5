/** TensorFlow.js with its WebGPU backend, as a contestant. */
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers"; // registers the gradients, which the core alone leaves out
import "@tensorflow/tfjs-backend-webgpu";
import type { SafeTensor } from "../../../trainer/formats/safetensors.ts";
import { answer, type Contestant, type Floats, type Material } from "../answer.ts";
import { channelsFirst, channelsLast } from "../channels.ts";
import { equirectHalf } from "../networks/equirect_half.ts";
import { TfjsLayers, toHwio, toOihw } from "./tfjs_layers.ts";
import { type ConvolutionWork, learningRate, type NetworkWork } from "../work.ts";

const versions = { "@tensorflow/tfjs-backend-webgpu": tf.version_core };

async function adapter(): Promise<string> {
  await tf.setBackend("webgpu");
  await tf.ready();
  const adapter = await navigator.gpu.requestAdapter(); // the backend asked for one in the same way
  return adapter!.info.description;
}

function upload({ data, shape }: { data: Floats; shape: readonly number[] }): tf.Tensor4D {
  const [n, c, h, w] = shape as [number, number, number, number];
  return tf.tensor4d(channelsLast(data, shape), [n, h, w, c]);
}

async function download(x: tf.Tensor): Promise<SafeTensor> {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  return { shape: [n, c, h, w], data: channelsFirst(await x.data() as Float32Array, [n, c, h, w]) };
}

/** Wait for what was submitted before: the last result is read. */
async function finish(tensors: readonly tf.Tensor[]): Promise<void> {
  await tensors.at(-1)!.data();
  tf.dispose([...tensors]);
}

async function convolution(work: ConvolutionWork, material: Material): Promise<Contestant> {
  const name = await adapter();
  const x = upload(material.get("image")!);
  const weight = toHwio(material.get("weight")!);
  const dy = upload(material.get("upstream")!);
  const { stride, kernel } = work;
  const all = (): [tf.Tensor, tf.Tensor, tf.Tensor] =>
    tf.tidy(() => {
      const forward = (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, stride, kernel >> 1);
      let y: tf.Tensor | undefined;
      const keep = (x: tf.Tensor, w: tf.Tensor) =>
        y = tf.keep(forward(x as tf.Tensor4D, w as tf.Tensor4D));
      const [dx, dw] = tf.grads(keep)([x, weight], dy) as [tf.Tensor, tf.Tensor];
      return [y!, dx, dw];
    });
  return {
    versions,
    adapter: name,
    async check() {
      const [y, dx, dw] = all();
      return new Map([
        ["y", await download(y)],
        ["dx", await download(dx)],
        ["dw", await toOihw(dw as tf.Tensor4D)],
      ]);
    },
    async run(iterations) {
      for (let i = 1; i < iterations; i++) tf.dispose(all());
      await finish(all());
    },
  };
}

/** The value, but for the gradient a constant. */
const detached = tf.customGrad((x) => ({
  value: (x as tf.Tensor).clone(),
  gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
}));

function berhu(prediction: tf.Tensor, truth: tf.Tensor): tf.Scalar {
  const error = tf.abs(tf.sub(prediction, truth));
  const c = detached(tf.mul(0.2, tf.max(error)));
  const far = tf.div(tf.add(tf.square(error), tf.square(c)), tf.mul(2, c));
  const isFar = tf.step(tf.sub(error, c)); // a comparison has no gradient here, not even zero
  return tf.mean(tf.add(error, tf.mul(isFar, tf.sub(far, error)))) as tf.Scalar;
}

async function training(work: NetworkWork, material: Material): Promise<Contestant> {
  const name = await adapter();
  const [image, truth] = [upload(material.get("image")!), upload(material.get("truth")!)];
  const layers = new TfjsLayers(material);
  const optimiser = tf.train.adam(learningRate);
  const gradients = () =>
    optimiser.computeGradients(
      () => berhu(equirectHalf<tf.Tensor4D>(layers, image, work.width), truth),
      layers.variables(),
    );
  return {
    versions,
    adapter: name,
    async check() {
      const { value, grads } = gradients();
      const result = new Map<string, SafeTensor>([
        ["loss", { shape: [1], data: await value.data() as Floats }],
      ]);
      for (const [name, gradient] of Object.entries(grads)) {
        result.set(`d ${name}`, await toOihw(gradient));
      }
      optimiser.applyGradients(grads as Parameters<typeof optimiser.applyGradients>[0]); // takes tensors of either kind
      return result;
    },
    async run(iterations) {
      for (let i = 0; i < iterations; i++) {
        const { value, grads } = gradients();
        optimiser.applyGradients(grads as Parameters<typeof optimiser.applyGradients>[0]); // takes tensors of either kind
        tf.dispose(grads);
        if (i === iterations - 1) await layers.variables().at(-1)!.data(); // after Adam of the last
        value.dispose();
      }
    },
  };
}

await answer(({ work }, material) =>
  work.kind === "convolution" ? convolution(work, material) : training(work, material)
);
Deno.exit(0);
