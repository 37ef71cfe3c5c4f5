/**
 * A network as data: its layers in order and the shapes of its parameters. A contestant in another language replays
 * it; the shapes tell which weights to make.
 *
 * @module
 */
import type { Taps } from "@depth-anywhere/geometry";
import type { ConvolutionWork } from "../work.ts";
import type { ConvSize, SphereLayers } from "./layers.ts";

/** A value of a tape: the number of the entry that made it, and its shape `[N, C, H, W]` or `[N, C]`. */
export interface TapeValue {
  readonly id: number;
  readonly shape: readonly number[];
}

/** One layer; entry 0 is the image. */
export interface TapeEntry {
  readonly op: string;
  readonly inputs: readonly number[];
  readonly name?: string;
  readonly stride?: number;
  readonly padding?: number;
  readonly factor?: number;
  readonly height?: number;
  readonly width?: number;
  readonly faces?: "from" | "to";
}

/** Records. */
export class Tape implements SphereLayers<TapeValue> {
  readonly entries: TapeEntry[] = [{ op: "image", inputs: [] }];
  /** Trained tensors and running statistics by name. */
  readonly parameters = new Map<string, readonly number[]>();
  /** Sizes of the convolutions, in order. */
  readonly convolutions: ConvolutionWork[] = [];
  /** Sparse maps by name. */
  readonly maps = new Map<string, Taps>();

  image(shape: readonly number[]): TapeValue {
    return { id: 0, shape };
  }

  #put(entry: TapeEntry, shape: readonly number[]): TapeValue {
    return { id: this.entries.push(entry) - 1, shape };
  }

  conv(name: string, x: TapeValue, { channels, kernel, stride = 1, bias }: ConvSize): TapeValue {
    const [n, inputs, height, width] = x.shape as [number, number, number, number];
    this.parameters.set(`${name}.weight`, [channels, inputs, kernel, kernel]);
    if (bias) this.parameters.set(`${name}.bias`, [channels]);
    const size = { batch: n, height, width, inputs, outputs: channels, kernel, stride };
    this.convolutions.push({ kind: "convolution", ...size });
    const shape = [n, channels, Math.ceil(height / stride), Math.ceil(width / stride)];
    return this.#put({ op: "conv", inputs: [x.id], name, stride, padding: kernel >> 1 }, shape);
  }

  norm(name: string, x: TapeValue): TapeValue {
    for (const part of ["weight", "bias", "running_mean", "running_var"]) {
      this.parameters.set(`${name}.${part}`, [x.shape[1]!]);
    }
    return this.#put({ op: "norm", inputs: [x.id], name }, x.shape);
  }

  relu(x: TapeValue): TapeValue {
    return this.#put({ op: "relu", inputs: [x.id] }, x.shape);
  }

  elu(x: TapeValue): TapeValue {
    return this.#put({ op: "elu", inputs: [x.id] }, x.shape);
  }

  sigmoid(x: TapeValue, factor: number): TapeValue {
    return this.#put({ op: "sigmoid", inputs: [x.id], factor }, x.shape);
  }

  maxPool(x: TapeValue): TapeValue {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    return this.#put({ op: "max_pool", inputs: [x.id] }, [n, c, h / 2, w / 2]);
  }

  upsample(x: TapeValue): TapeValue {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    return this.#put({ op: "upsample", inputs: [x.id] }, [n, c, 2 * h, 2 * w]);
  }

  add(a: TapeValue, b: TapeValue): TapeValue {
    return this.#put({ op: "add", inputs: [a.id, b.id] }, a.shape);
  }

  concat(values: readonly TapeValue[]): TapeValue {
    const channels = values.reduce((sum, { shape }) => sum + shape[1]!, 0);
    const shape = values[0]!.shape.map((size, axis) => axis === 1 ? channels : size);
    return this.#put({ op: "concat", inputs: values.map(({ id }) => id) }, shape);
  }

  resample(
    name: string,
    x: TapeValue,
    taps: Taps,
    { height, width, faces }: { height: number; width: number; faces: "from" | "to" },
  ): TapeValue {
    this.maps.set(name, taps);
    const images = faces === "to" ? 6 * x.shape[0]! : x.shape[0]! / 6;
    const entry = { op: "resample", inputs: [x.id], name, height, width, faces };
    return this.#put(entry, [images, x.shape[1]!, height, width]);
  }

  averagePool(x: TapeValue): TapeValue {
    return this.#put({ op: "average_pool", inputs: [x.id] }, x.shape.slice(0, 2));
  }

  linear(name: string, x: TapeValue, channels: number): TapeValue {
    this.parameters.set(`${name}.weight`, [channels, x.shape[1]!]);
    return this.#put({ op: "linear", inputs: [x.id], name }, [x.shape[0]!, channels]);
  }

  multiplyChannels(x: TapeValue, factors: TapeValue): TapeValue {
    return this.#put({ op: "multiply_channels", inputs: [x.id, factors.id] }, x.shape);
  }
}
