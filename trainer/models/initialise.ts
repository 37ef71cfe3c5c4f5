/**
 * First values of a network's parameters, as a pure function of (seed, name, index).
 *
 * @module
 */
import type { ParameterStore } from "../gpu/parameters.ts";
import { hashText, uniform } from "../random.ts";

/**
 * Fill a store: convolutions of the encoders by He et al. 2015 (fan out, normal), other weights and biases uniform in
 * ±1/√(fan in) as PyTorch does, batch norm 1 and 0.
 *
 * @param encoders prefixes of the encoders' names
 */
export function initialise(
  store: ParameterStore,
  seed: number,
  encoders: readonly string[],
): void {
  for (const name of store.names()) {
    const shape = store.shape(name);
    const count = shape.reduce((a, b) => a * b, 1);
    const data = new Float32Array(count);
    const key = hashText(name);
    const at = (i: number): number => uniform(seed, key, i);
    if (name.endsWith(".bias")) {
      const weight = store.shape(name.replace(/bias$/, "weight"));
      const bound = weight.length === 1 ? 0 : 1 / Math.sqrt(fanIn(weight));
      for (let i = 0; i < count; i++) data[i] = bound * (2 * at(i) - 1);
    } else if (shape.length === 1) {
      data.fill(1);
    } else if (encoders.some((prefix) => name.startsWith(prefix))) {
      const deviation = Math.sqrt(2 / (shape[0]! * count / (shape[0]! * shape[1]!)));
      for (let i = 0; i < count; i++) data[i] = deviation * normal(at(2 * i), at(2 * i + 1));
    } else {
      const bound = 1 / Math.sqrt(fanIn(shape));
      for (let i = 0; i < count; i++) data[i] = bound * (2 * at(i) - 1);
    }
    store.set(name, data);
  }
  for (const name of store.states()) {
    const data = new Float32Array(store.shape(name)[0]!);
    store.set(name, name.endsWith("running_var") ? data.fill(1) : data);
  }
}

/** Weights of a network by name, in PyTorch's layout. */
export type NamedWeights = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly data: Float32Array }
>;

/**
 * Start encoders from that of a perspective network, as the released code starts them from ImageNet weights.
 *
 * @param prefixes of the student's encoders
 * @param weights of a perspective network, its encoder under `encoder.`
 * @param source what to call it in errors
 * @throws TypeError when a tensor is missing or of another shape; it names the tensor and both shapes
 */
export function initialiseEncoders(
  store: ParameterStore,
  prefixes: readonly string[],
  weights: NamedWeights,
  source: string,
): void {
  copyWeights(store, weights, source, (name) => {
    const prefix = prefixes.find((start) => name.startsWith(start));
    return prefix === undefined ? undefined : `encoder.${name.slice(prefix.length)}`;
  });
}

/**
 * Fill a store from a network of the same form.
 *
 * @param source what to call it in errors
 * @param from name in `weights` of a tensor of the store; undefined: it stays as it is
 * @throws TypeError when a tensor is missing or of another shape; it names the tensor and both shapes
 */
export function copyWeights(
  store: ParameterStore,
  weights: NamedWeights,
  source: string,
  from: (name: string) => string | undefined = (name) => name,
): void {
  for (const name of [...store.names(), ...store.states()]) {
    const theirs = from(name);
    if (theirs === undefined) continue;
    const weight = weights.get(theirs);
    const wanted = store.shape(name);
    if (`${weight?.shape}` !== `${wanted}`) {
      throw new TypeError(
        `Cannot start from "${source}": its "${theirs}" is ${
          weight ? `[${weight.shape}]` : "missing"
        }, "${name}" needs [${wanted}]; choose its width or start from random weights`,
      );
    }
    store.set(name, weight!.data);
  }
}

function fanIn(shape: readonly number[]): number {
  return shape.slice(1).reduce((a, b) => a * b, 1);
}

/** Box-Muller from two uniforms in [0, 1). */
function normal(a: number, b: number): number {
  return Math.sqrt(-2 * Math.log(1 - a)) * Math.cos(2 * Math.PI * b);
}
