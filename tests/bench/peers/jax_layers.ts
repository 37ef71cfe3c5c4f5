/**
 * Layers of jax-js: channels first. An array is consumed by what it is passed to, so every layer takes a reference of
 * its own and leaves what it was given.
 */
import { lax, nn, numpy as np } from "@jax-js/jax";
import type { ConvSize, Layers } from "../networks/layers.ts";

/** See the file's text. Training only: batch norms take the batch's statistics and keep no running ones. */
export class JaxLayers implements Layers<np.Array> {
  readonly #values: Readonly<Record<string, np.Array>>;

  constructor(values: Readonly<Record<string, np.Array>>) {
    this.#values = values;
  }

  /** A vector over the channels. */
  #channel(name: string): np.Array {
    return this.#values[name]!.ref.reshape([1, -1, 1, 1]);
  }

  conv(name: string, x: np.Array, { kernel, stride = 1, bias }: ConvSize): np.Array {
    const pad: [number, number] = [kernel >> 1, kernel >> 1];
    const weight = this.#values[`${name}.weight`]!.ref;
    const y = lax.convGeneralDilated(x.ref, weight, [stride, stride], [pad, pad]);
    return bias ? y.add(this.#channel(`${name}.bias`)) : y;
  }

  norm(name: string, x: np.Array): np.Array {
    const mean = np.mean(x.ref, [0, 2, 3], { keepdims: true });
    const centred = x.ref.sub(mean);
    const variance = np.mean(centred.ref.mul(centred.ref), [0, 2, 3], { keepdims: true });
    const scale = this.#channel(`${name}.weight`).div(np.sqrt(variance.add(1e-5)));
    return centred.mul(scale).add(this.#channel(`${name}.bias`));
  }

  relu(x: np.Array): np.Array {
    return nn.relu(x.ref);
  }

  elu(x: np.Array): np.Array {
    return nn.elu(x.ref);
  }

  sigmoid(x: np.Array, factor: number): np.Array {
    return nn.sigmoid(x.ref).mul(factor);
  }

  /** The input comes from a ReLU: zeros at the border are as good as −∞. */
  maxPool(x: np.Array): np.Array {
    const padded = np.pad(x.ref, [[0, 0], [0, 0], [1, 1], [1, 1]]);
    return lax.reduceWindow(padded, (w) => np.max(w), [3, 3], [2, 2]);
  }

  upsample(x: np.Array): np.Array {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    const wide = np.broadcastTo(x.ref.reshape([n, c, h, 1, w, 1]), [n, c, h, 2, w, 2]);
    return wide.reshape([n, c, 2 * h, 2 * w]);
  }

  add(a: np.Array, b: np.Array): np.Array {
    return a.ref.add(b.ref);
  }

  concat(values: readonly np.Array[]): np.Array {
    return np.concatenate(values.map((x) => x.ref), 1);
  }
}
