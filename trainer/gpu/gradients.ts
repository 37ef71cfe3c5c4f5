/**
 * Which tensor is the gradient by which, while the backward pass is recorded.
 *
 * @module
 */
import type { Contribution, Tensor } from "./tensor.ts";

/** What a graph makes for its gradients. */
export interface GradientMaker {
  /** Room for the gradient by a tensor that is no view. */
  gradientBy(root: Tensor): Tensor;
  /** The part of a gradient that a view `x` looks at. */
  part(gradient: Tensor, x: Tensor): Tensor;
  /** Record that it is zeroed. */
  clear(gradient: Tensor): void;
}

/** See the module's text. Gradients by views are parts of those by what they look into. */
export class Gradients {
  readonly #of = new Map<Tensor, Tensor>();
  readonly #seeds = new Set<Tensor>();
  readonly #outputs: Set<Tensor>;
  readonly #make: GradientMaker;

  /** @param outputs tensors that are read after a run; a gradient by one of them becomes one too */
  constructor(outputs: Set<Tensor>, make: GradientMaker) {
    this.#outputs = outputs;
    this.#make = make;
  }

  /** Begin with a gradient that somebody else made. */
  seed(x: Tensor, gradient: Tensor): void {
    this.#seeds.add(gradient);
    this.#of.set(x, gradient);
  }

  has(x: Tensor): boolean {
    return this.#of.has(x);
  }

  /** The gradient by `x`, or `undefined` when none reached it. */
  by(x: Tensor): Tensor | undefined {
    const gradient = this.#of.get(x.base ?? x);
    return gradient && x.base ? this.#make.part(gradient, x) : gradient;
  }

  /** Where a share of the gradient by `x` is added. */
  contribute(x: Tensor): Contribution {
    const root = x.base ?? x;
    const known = this.#of.get(root);
    const gradient = known ?? this.add(root);
    if (!x.base) return { tensor: gradient, accumulate: known !== undefined };
    const whole = x.bytes === root.bytes;
    if (!known && !whole) this.#make.clear(gradient); // other images of the batch may get none
    return { tensor: this.#make.part(gradient, x), accumulate: known !== undefined || !whole };
  }

  /** A gradient of its own for a tensor that is no view. */
  add(root: Tensor): Tensor {
    const gradient = this.#make.gradientBy(root);
    this.#set(root, gradient);
    return gradient;
  }

  #set(x: Tensor, gradient: Tensor): void {
    this.#of.set(x, gradient);
    if (this.#outputs.has(x)) this.#outputs.add(gradient);
  }

  /** See `Graph.takeGradient()`. */
  take(y: Tensor): Tensor | undefined {
    const gradient = this.#of.get(y);
    const kept = gradient?.residence !== "temp" || this.#outputs.has(gradient) ||
      this.#seeds.has(gradient);
    if (kept) return undefined;
    this.#of.delete(y);
    return gradient;
  }

  /** See `Graph.passGradient()`. */
  pass(y: Tensor, x: Tensor): Tensor | undefined {
    const fits = x.residence !== "store" && x.residence !== "view" && !this.#of.has(x) &&
      x.bytes === y.bytes && x.stored === y.stored;
    const gradient = x.requiresGradient && fits ? this.take(y) : undefined;
    if (gradient) this.#set(x, gradient);
    return gradient;
  }
}
