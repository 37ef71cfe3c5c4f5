/**
 * Files of weights, whatever their format: safetensors, PyTorch's two containers, and the ONNX models of this project. The
 * format is told by the content, not by the name.
 *
 * @module
 */
import { readOnnxWeights } from "../formats/onnx_weights.ts";
import { isPyTorch, readPyTorch } from "../formats/pytorch_file.ts";
import { readAt } from "../formats/read_at.ts";
import type { Dtype } from "../formats/safetensors.ts";
import { SafetensorsFile } from "../formats/safetensors_file.ts";
import { toFloat32 } from "../formats/to_float32.ts";
import type { NamedWeights } from "../models/initialise.ts";
import { checkpointPath } from "./checkpoint_path.ts";
import { bareName, type Settings, stateDictOf } from "./state_dict.ts";

/** What a file says of a tensor. */
export interface WeightEntry {
  readonly dtype: Dtype;
  /** Sizes, outermost first; PyTorch's layout. */
  readonly shape: readonly number[];
}

/** An open file of weights. */
export interface WeightsFile extends Disposable {
  readonly path: string;
  /** For people: `safetensors`, `PyTorch` or `ONNX`. */
  readonly format: string;
  /** Tensors by PyTorch's names; optimiser moments are left out. */
  readonly entries: ReadonlyMap<string, WeightEntry>;
  /** Plain values beside the tensors. */
  readonly settings: Settings;
  /** Elements of a tensor in C order, as float32. @throws SyntaxError when its numbers are not there */
  read(name: string): Promise<Float32Array>;
}

/**
 * Open a file, once, and look at what it holds.
 *
 * @param path a file, or a run folder, whose newest checkpoint is taken
 * @throws Error when there is no such file
 * @throws SyntaxError when it is none of the formats, cut off or broken
 * @throws TypeError when its pickle names anything but tensors, or it holds none
 */
export async function openWeights(path: string): Promise<WeightsFile> {
  const found = await checkpointPath(path);
  const file = await open(found);
  let kept = false;
  try {
    const { size } = await file.stat();
    const head = await readAt(file, 0, Math.min(size, 16));
    if (isPyTorch(head)) return fromPyTorch(await readAt(file, 0, size), found);
    if (head[8] === "{".charCodeAt(0)) {
      kept = true; // its tensors are read on demand
      return fromSafetensors(await SafetensorsFile.of(file, found));
    }
    if (/\.onnx$/i.test(found)) return fromOnnx(await readAt(file, 0, size), found);
    throw new SyntaxError(
      `Cannot read "${found}" as weights: it is neither safetensors nor a PyTorch file nor ONNX; ${
        beginning(head)
      }`,
    );
  } finally {
    if (!kept) file.close();
  }
}

/**
 * Tensors of a file by their names, in this order.
 *
 * @throws SyntaxError as {@link WeightsFile.read}, and when one is not finite, by which every prediction would be NaN
 */
export async function readWeights(
  file: WeightsFile,
  names: Iterable<string>,
): Promise<NamedWeights> {
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const name of names) {
    const data = await file.read(name);
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new SyntaxError(
        `Cannot use "${name}" of "${file.path}" as its element ${bad} is ${
          data[bad]
        }: take an earlier checkpoint, or another file`,
      );
    }
    weights.set(name, { shape: file.entries.get(name)!.shape, data });
  }
  return weights;
}

async function open(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : (error as Error).message;
    throw new Error(`Cannot read "${path}": ${reason}`, { cause: error });
  }
}

function beginning(head: Uint8Array): string {
  if (head.length === 0) return "it is empty";
  const shown = new TextDecoder().decode(head.subarray(0, 8)).replaceAll(/[^\x20-\x7e]/g, ".");
  const page = /^\s*</.test(shown) ? ", a web page: download the file itself" : "";
  return `it begins with "${shown}"${page}`;
}

function fromPyTorch(bytes: Uint8Array<ArrayBuffer>, path: string): WeightsFile {
  const { tensors, settings } = stateDictOf(readPyTorch(bytes, path), path);
  return {
    path,
    format: "PyTorch",
    entries: tensors,
    settings,
    read(name) {
      const tensor = tensors.get(name)!;
      try {
        return Promise.resolve(toFloat32(tensor.elements(), tensor.dtype));
      } catch (error) {
        const reason = (error as Error).message;
        throw new SyntaxError(`Cannot read "${name}" of "${path}" as ${reason}`, { cause: error });
      }
    },
    [Symbol.dispose]() {},
  };
}

function fromSafetensors(file: SafetensorsFile): WeightsFile {
  const names = new Map(
    [...file.header.entries.keys()].filter((name) => !name.startsWith("optimizer.")).map((
      name,
    ) => [bareName(name), name]),
  );
  const entries = new Map(
    Array.from(names, ([bare, name]) => [bare, file.header.entries.get(name)!]),
  );
  return {
    path: file.path,
    format: "safetensors",
    entries,
    settings: file.header.metadata,
    async read(name) {
      const { data, dtype } = await file.read(names.get(name)!);
      return toFloat32(data, dtype);
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}

function fromOnnx(bytes: Uint8Array, path: string): WeightsFile {
  const { weights, metadata } = readOnnxWeights(bytes, path);
  return {
    path,
    format: "ONNX",
    entries: new Map(
      Array.from(weights, ([name, { shape }]) => [name, { dtype: "F32", shape }]),
    ),
    settings: metadata,
    read: (name) => Promise.resolve(weights.get(name)!.data),
    [Symbol.dispose]() {},
  };
}
