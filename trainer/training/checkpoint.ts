/**
 * Checkpoints: weights, running statistics, Adam moments, the scale of the loss and the step, in one safetensors file with PyTorch's names
 * and layouts.
 *
 * @module
 */
import type { ParameterStore } from "../gpu/parameters.ts";
import type { SafeTensor } from "../formats/safetensors.ts";
import { SafetensorsFile, writeSafetensors } from "../formats/safetensors_file.ts";

/** Prefixes of the optimiser's tensors; a weight's name stands alone, as in a state dict. */
const moments = { m: "optimizer.exp_avg.", v: "optimizer.exp_avg_sq." } as const;

const scaleName = "optimizer.loss_scale";

/** What a checkpoint holds beside a store and the step. */
export interface CheckpointExtras {
  /** What the network is, as free text. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Words of `lossScale()`, with mixed precision. */
  readonly lossScale?: Float32Array | undefined;
}

/** Write a checkpoint through a temporary file. */
export async function saveCheckpoint(
  path: string,
  store: ParameterStore,
  step: number,
  { metadata, lossScale }: CheckpointExtras = {},
): Promise<void> {
  const tensors: [string, SafeTensor][] = [];
  const add = (prefix: string, all: Map<string, Float32Array>): void => {
    for (const [name, data] of all) {
      tensors.push([prefix + name, {
        shape: store.shape(name),
        data: data as Float32Array<ArrayBuffer>,
      }]);
    }
  };
  add("", await store.getAll("values"));
  add("", await store.getAll("states"));
  add(moments.m, await store.getAll("m"));
  add(moments.v, await store.getAll("v"));
  if (lossScale) {
    const data = lossScale as Float32Array<ArrayBuffer>;
    tensors.push([scaleName, { shape: [data.length], data }]);
  }
  await writeSafetensors(path, tensors, { ...metadata, step: `${step}` });
}

/** A tensor of a store, by its name there and by that in a file. */
interface Kept {
  readonly name: string;
  readonly from: string;
  /** Of which it is a moment; a weight or a statistic when left out. */
  readonly moment?: "m" | "v";
}

/** All tensors of a store that a checkpoint keeps. */
function* keptBy(store: ParameterStore): Generator<Kept> {
  for (const name of [...store.names(), ...store.states()]) yield { name, from: name };
  for (const name of store.names()) {
    for (const moment of ["m", "v"] as const) {
      yield { name, from: moments[moment] + name, moment };
    }
  }
}

/** @throws as {@linkcode loadCheckpoint} */
function checkFit({ path, header }: SafetensorsFile, store: ParameterStore): void {
  for (const { name, from } of keptBy(store)) {
    const entry = header.entries.get(from);
    const wanted = store.shape(name);
    if (!entry) {
      const count = header.entries.size;
      throw new RangeError(
        `Cannot load "${path}": it has ${count} tensors, and none named "${from}", which the network needs`,
      );
    }
    if (`${entry.shape}` !== `${wanted}`) {
      throw new TypeError(
        `Cannot load "${path}": tensor "${from}" is [${entry.shape}], the network needs [${wanted}]`,
      );
    }
  }
}

/**
 * Look whether a store can be loaded from a checkpoint, without reading its tensors.
 *
 * @throws as {@linkcode loadCheckpoint}
 */
export async function checkCheckpoint(path: string, store: ParameterStore): Promise<void> {
  using file = await SafetensorsFile.open(path);
  checkFit(file, store);
}

/**
 * Load a checkpoint into a store, moments included.
 *
 * @returns the step it was written at, 0 if it does not say; and the scale of the loss, if it was one of mixed precision
 * @throws SyntaxError when the file is damaged or cut off
 * @throws RangeError when a tensor is missing, TypeError when its shape differs; both name the tensor
 */
export async function loadCheckpoint(
  path: string,
  store: ParameterStore,
): Promise<{ step: number; lossScale: Float32Array | undefined }> {
  using file = await SafetensorsFile.open(path);
  checkFit(file, store);
  for (const { name, from, moment } of keptBy(store)) {
    store.set(name, (await file.read(from)).data as Float32Array, moment);
  }
  const lossScale = file.header.entries.has(scaleName)
    ? (await file.read(scaleName)).data as Float32Array
    : undefined;
  return { step: Number(file.header.metadata.step ?? 0), lossScale };
}
