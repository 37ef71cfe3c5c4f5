/** Layers of TensorFlow.js: channels last, weights `[KH, KW, I, O]`. */
import * as tf from "@tensorflow/tfjs-core";
import type { SafeTensor } from "../../../trainer/formats/safetensors.ts";
import type { Floats, Material } from "../answer.ts";
import type { ConvSize, Layers } from "../networks/layers.ts";

/** From PyTorch's order. */
export function toHwio(
  { data, shape }: { data: Floats; shape: readonly number[] },
): tf.Tensor4D {
  const given = tf.tensor4d(data, shape as [number, number, number, number]);
  return tf.transpose(given, [2, 3, 1, 0]);
}

/** To PyTorch's order; vectors stay. */
export async function toOihw(x: tf.Tensor): Promise<SafeTensor> {
  const y = x.shape.length === 4 ? tf.transpose(x, [3, 2, 0, 1]) : x;
  return { shape: y.shape, data: (await y.data() as Floats).slice() };
}

/** See the file's text. Training only: batch norms take the batch's statistics and keep no running ones. */
export class TfjsLayers implements Layers<tf.Tensor4D> {
  readonly #variables = new Map<string, tf.Variable>();

  constructor(material: Material) {
    for (const [name, tensor] of material) {
      if (!/\.(weight|bias)$/.test(name)) continue;
      const value = tensor.shape.length === 4 ? toHwio(tensor) : tf.tensor1d(tensor.data);
      this.#variables.set(name, tf.variable(value, true, name));
    }
  }

  variables(): tf.Variable[] {
    return [...this.#variables.values()];
  }

  #get<T extends tf.Tensor>(name: string): T {
    return this.#variables.get(name)! as unknown as T;
  }

  conv(name: string, x: tf.Tensor4D, { kernel, stride = 1, bias }: ConvSize): tf.Tensor4D {
    const weight = this.#get<tf.Tensor4D>(`${name}.weight`);
    const y = tf.conv2d(x, weight, stride, kernel >> 1, "NHWC", 1, "floor");
    return bias ? tf.add(y, this.#get<tf.Tensor1D>(`${name}.bias`)) : y;
  }

  norm(name: string, x: tf.Tensor4D): tf.Tensor4D {
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    return tf.batchNorm4d(
      x,
      mean as tf.Tensor1D,
      variance as tf.Tensor1D,
      this.#get<tf.Tensor1D>(`${name}.bias`),
      this.#get<tf.Tensor1D>(`${name}.weight`),
      1e-5,
    );
  }

  relu(x: tf.Tensor4D): tf.Tensor4D {
    return tf.relu(x);
  }

  elu(x: tf.Tensor4D): tf.Tensor4D {
    return tf.elu(x);
  }

  sigmoid(x: tf.Tensor4D, factor: number): tf.Tensor4D {
    return tf.mul(tf.sigmoid(x), factor);
  }

  maxPool(x: tf.Tensor4D): tf.Tensor4D {
    return tf.maxPool(x, 3, 2, 1, "floor");
  }

  upsample(x: tf.Tensor4D): tf.Tensor4D {
    const [, height, width] = x.shape;
    return tf.image.resizeNearestNeighbor(x, [2 * height, 2 * width]);
  }

  add(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor4D {
    return tf.add(a, b);
  }

  concat(values: readonly tf.Tensor4D[]): tf.Tensor4D {
    return tf.concat([...values], 3);
  }
}
