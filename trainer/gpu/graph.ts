/**
 * A network as it is recorded: ops put down their forward dispatches and leave behind how to go backward;
 * `build()` then assigns buffers and gives a plan that can be run again and again.
 *
 * @module
 */
import type { Gpu } from "./device.ts";
import type { Dispatch, Phase, Step } from "./dispatch.ts";
import { Gradients } from "./gradients.ts";
import type { Flat, ParameterStore } from "./parameters.ts";
import { Plan } from "./plan.ts";
import { recompute } from "./recompute.ts";
import { checkPrecision, shaderFor } from "./stored.ts";
import {
  activationWords,
  bindingAlignment,
  bytesOf,
  type Contribution,
  isFeatureMap,
  type Precision,
  type Residence,
  type Shape,
  type Stored,
  type Tensor,
  words,
} from "./tensor.ts";

export * from "./dispatch.ts";
export * from "./tensor.ts";

/** Records a network. See the module's text. */
export class Graph {
  /** Which kernels are chosen is decided by it. */
  readonly gpu: Gpu;
  /** Holds the parameters. */
  readonly store: ParameterStore;
  /** Whether gradients are recorded and batch statistics used. */
  readonly mode: "train" | "evaluate";
  /** How feature maps and their gradients are stored. */
  readonly precision: Precision;
  readonly #steps: Step[] = [];
  readonly #tape: (() => void)[] = [];
  readonly #initial = new Map<Tensor, Float32Array | Uint32Array>();
  readonly #outputs = new Set<Tensor>();
  readonly #gradients = new Gradients(this.#outputs, {
    gradientBy: (root) => this.#gradientBy(root),
    part: (gradient, { shape, offset, bytes }) => this.#view(gradient, shape, offset, bytes),
    clear: (gradient) => this.clear(gradient),
  });
  readonly #stored = new Map<string, Tensor>();
  #next = 0;
  #phase: Phase = "forward";
  #built = false;

  /**
   * Starts empty.
   *
   * @param store holds the parameters; shared by the graphs of one network
   * @param mode `train` records gradients and uses batch statistics, `evaluate` neither
   * @param options `precision`: `f32` unless said here
   * @throws RangeError for mixed precision on an adapter without 16-bit floats
   */
  constructor(
    gpu: Gpu,
    store: ParameterStore,
    mode: "train" | "evaluate",
    { precision = "f32" }: { precision?: Precision } = {},
  ) {
    checkPrecision(gpu, precision);
    this.precision = precision;
    this.gpu = gpu;
    this.store = store;
    this.mode = mode;
  }

  #tensor(
    name: string,
    shape: Shape,
    residence: Residence,
    requiresGradient: boolean,
    place: Partial<Tensor> = {},
  ): Tensor {
    const { stored = "f32" } = place;
    const bytes = place.bytes ?? activationWords(shape) * bytesOf(stored);
    return {
      id: this.#next++,
      name,
      shape,
      stored,
      bytes,
      residence,
      requiresGradient,
      offset: 0,
      ...place,
    };
  }

  /** A tensor that the host writes before a run; it keeps what was written. `stored`: `f32` unless said here. */
  input(
    name: string,
    shape: Shape,
    { requiresGradient = false, stored = "f32" }: { requiresGradient?: boolean; stored?: Stored } =
      {},
  ): Tensor {
    return this.#tensor(name, shape, "host", requiresGradient && this.mode === "train", { stored });
  }

  /** A tensor that is written once, when the plan is built. Shape `[length]`. */
  constant(name: string, data: Float32Array | Uint32Array): Tensor {
    const tensor = this.#tensor(name, [data.length], "host", false);
    this.#initial.set(tensor, data);
    return tensor;
  }

  /** A tensor that survives from run to run; zero at first, or what is given. */
  persistent(name: string, shape: Shape, initial?: Float32Array): Tensor {
    const tensor = this.#tensor(name, shape, "persistent", false);
    if (initial) this.#initial.set(tensor, initial);
    return tensor;
  }

  /** A trained tensor of the store, by its PyTorch name and shape. */
  parameter(name: string, shape: Shape): Tensor {
    return this.#fromStore(name, shape, "values", this.mode === "train");
  }

  /** A tensor of the store that is saved but not trained, such as `running_mean`. */
  state(name: string, shape: Shape): Tensor {
    return this.#fromStore(name, shape, "states", false);
  }

  #fromStore(
    name: string,
    shape: Shape,
    flat: "values" | "states",
    requiresGradient: boolean,
  ): Tensor {
    const known = this.#stored.get(name);
    const place = this.store.declare(name, shape, flat);
    if (known) return known;
    const tensor = this.#tensor(name, shape, "store", requiresGradient, { ...place, flat });
    this.#stored.set(name, tensor);
    return tensor;
  }

  /** Scratch space or an intermediate that needs no gradient. */
  temp(name: string, shape: Shape, stored: Stored = "f32"): Tensor {
    return this.#tensor(name, shape, "temp", false, { stored });
  }

  /** What is recorded from here on belongs to the optimiser's update. */
  beginUpdate(): void {
    this.#phase = "update";
  }

  /** The output of an op: it needs a gradient if one of the tensors it comes from does. A feature map's words follow the precision. */
  result(name: string, shape: Shape, from: readonly Tensor[]): Tensor {
    const requiresGradient = this.mode === "train" && from.some((x) => x.requiresGradient);
    const stored = this.precision === "mixed" && isFeatureMap(shape) ? "f16" : "f32";
    return this.#tensor(name, shape, "temp", requiresGradient, { finite: true, stored });
  }

  /**
   * Images `from … from+count-1` of a batch, without a copy.
   *
   * @throws RangeError when the range is outside the batch or cannot be bound
   */
  slice(x: Tensor, from: number, count: number): Tensor {
    const images = x.shape[0]!;
    const each = x.bytes / images;
    if (from < 0 || count < 1 || from + count > images) {
      throw new RangeError(
        `Cannot slice ${count} images from ${from} of "${x.name}": it has ${images}`,
      );
    }
    if ((from * each) % bindingAlignment !== 0) {
      throw new RangeError(
        `Cannot slice "${x.name}" at image ${from}: byte ${
          from * each
        } is no multiple of ${bindingAlignment}`,
      );
    }
    return this.#view(x, [count, ...x.shape.slice(1)], from * each, count * each);
  }

  /**
   * The same words under another logical shape.
   *
   * @throws TypeError when the number of words differs
   */
  reshape(x: Tensor, shape: Shape): Tensor {
    if (activationWords(shape) !== words(x)) {
      throw new TypeError(
        `Cannot reshape "${x.name}" from [${x.shape}] to [${shape}]: the padded sizes differ`,
      );
    }
    return this.#view(x, shape, 0, x.bytes);
  }

  #view(x: Tensor, shape: Shape, offset: number, bytes: number): Tensor {
    const base = x.base ?? x;
    return this.#tensor(x.name, shape, "view", x.requiresGradient, {
      base,
      stored: x.stored,
      offset: offset + (x.base ? x.offset : 0),
      bytes,
      finite: base.finite,
    });
  }

  /**
   * Record a dispatch.
   *
   * @throws RangeError for too many workgroups
   * @throws TypeError when a tensor that is stored as `f16` is bound to what its text takes for `f32`
   */
  dispatch(dispatch: Dispatch): void {
    for (const count of dispatch.workgroups) {
      if (count !== undefined && !(count >= 1 && count <= 65535)) {
        throw new RangeError(
          `Cannot dispatch "${dispatch.label}": ${dispatch.workgroups} workgroups, each must be 1 … 65535`,
        );
      }
    }
    const shader = shaderFor(dispatch);
    this.#steps.push({ phase: this.#phase, dispatch: { ...dispatch, shader } });
  }

  /** Record that a tensor is zeroed. */
  clear(x: Tensor): void {
    this.#steps.push({ phase: this.#phase, clear: x });
  }

  /** Keep a tensor readable after a run. */
  output(x: Tensor): Tensor {
    this.#outputs.add(x.base ?? x);
    return x;
  }

  /** Leave behind how an op goes backward; called in reverse order of recording. */
  backward(recorder: () => void): void {
    if (this.mode === "train") this.#tape.push(recorder);
  }

  /**
   * The gradient of the loss by an op's output, or `undefined` when none reached it, or when the op wrote over it: after
   * `differentiate()` only those by inputs, parameters and `output()`s are sure to be there.
   */
  gradient(x: Tensor): Tensor | undefined {
    return this.#gradients.by(x);
  }

  /**
   * The gradient by an op's output, for the op to write over: nobody reads it after. `undefined` when none reached it and where
   * it has to stay: it is an output, or somebody else gave it.
   */
  takeGradient(y: Tensor): Tensor | undefined {
    return this.#gradients.take(y);
  }

  /**
   * The gradient by an op's output y, which becomes that by its input x without memory of its own: the op writes over it
   * element by element. `undefined` where it has to stay, where x has one already, needs none, or has another form.
   */
  passGradient(y: Tensor, x: Tensor): Tensor | undefined {
    return this.#gradients.pass(y, x);
  }

  /** Where an op adds its share of the gradient by `x`; `undefined` when `x` needs none. */
  contribute(x: Tensor): Contribution | undefined {
    if (!x.requiresGradient) return undefined;
    if (this.#phase !== "backward") {
      throw new Error(
        `Cannot contribute to the gradient of "${x.name}": differentiate() is not running`,
      );
    }
    return this.#gradients.contribute(x);
  }

  #gradientBy({ name, shape, residence, offset, bytes, stored }: Tensor): Tensor {
    const place: Partial<Tensor> = residence === "store"
      ? { offset, bytes, flat: "gradients" satisfies Flat }
      : { bytes, stored };
    const where = residence === "store" ? residence : "temp";
    return this.#tensor(`d ${name}`, shape, where, false, { ...place, finite: true });
  }

  /**
   * Record the backward pass of a scalar. After it more may be recorded and differentiated: gradients of parameters add up
   * over the passes of a plan, and what a pass kept is free for the next.
   *
   * @param loss shape `[1]`
   * @param scale what it is multiplied by first, the first word; 1 if it is left out
   * @throws TypeError when it is no scalar or depends on nothing that is trained
   */
  differentiate(loss: Tensor, scale?: Tensor): void {
    if (loss.bytes !== 4 || !loss.requiresGradient) {
      throw new TypeError(
        `Cannot differentiate "${loss.name}" of shape [${loss.shape}]: a trained scalar [1] is needed`,
      );
    }
    const slope = scale ?? this.constant("d loss", Float32Array.of(1));
    this.#gradients.seed(loss, slope);
    this.#walk();
  }

  /** Record the backward pass from given gradients of some tensors (for tests of single ops). */
  differentiateFrom(seeds: readonly { tensor: Tensor; gradient: Tensor }[]): void {
    for (const { tensor, gradient } of seeds) this.#gradients.seed(tensor, gradient);
    this.#walk();
  }

  #walk(): void {
    this.#phase = "backward";
    for (const recorder of this.#tape.reverse()) recorder();
    this.#tape.length = 0;
    for (const name of this.store.names()) {
      const parameter = this.#stored.get(name);
      if (parameter && !this.#gradients.has(parameter)) this.clear(this.#gradients.add(parameter));
    }
    this.#phase = "forward";
  }

  /**
   * Assign buffers, compile every pipeline, and make the plan. Constants are on the GPU then, and here no more.
   *
   * @param options `recompute`: compute cheap activations again in the backward pass instead of keeping them;
   * `compiler`: its `help` is given all steps before the first of their shaders is compiled, and may compile them too
   * @throws Error when it is called again
   */
  async build(
    options: { recompute?: boolean; compiler?: { help(steps: readonly Step[]): void } } = {},
  ): Promise<Plan> {
    if (this.#built) throw new Error("Cannot build a graph again: record another one");
    this.#built = true;
    const steps = options.recompute ? recompute(this.#steps, this.#outputs) : this.#steps;
    options.compiler?.help(steps);
    const plan = await Plan.create(this.gpu, this.store, steps, this.#initial, this.#outputs);
    this.#initial.clear(); // tens of MB, which the writers of rotation maps would keep as they keep the graph
    return plan;
  }
}
