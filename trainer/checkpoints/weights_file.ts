/**
 * Files of weights, whatever their format: safetensors, PyTorch's two containers, and the ONNX models of this project. The
 * format is told by the content, not by the name.
 *
 * @module
 */
import { readOnnxWeights } from "../formats/onnx_weights.ts";
import { isPyTorch, readPyTorch } from "../formats/pytorch_file.ts";
import type { Dtype } from "../formats/safetensors.ts";
import { SafetensorsFile } from "../formats/safetensors_file.ts";
import { toFloat32 } from "../formats/to_float32.ts";
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
 * Open a file and look at what it holds.
 *
 * @throws Error when there is no such file
 * @throws SyntaxError when it is none of the formats, cut off or broken
 * @throws TypeError when its pickle names anything but tensors, or it holds none
 */
export async function openWeights(path: string): Promise<WeightsFile> {
  const head = await readHead(path);
  if (isPyTorch(head)) return fromPyTorch(await Deno.readFile(path), path);
  if (head[8] === "{".charCodeAt(0)) return fromSafetensors(await SafetensorsFile.open(path));
  if (path.endsWith(".onnx")) return fromOnnx(await Deno.readFile(path), path);
  const shown = new TextDecoder().decode(head.subarray(0, 8)).replaceAll(/[^\x20-\x7e]/g, ".");
  const page = /^\s*</.test(shown) ? ", a web page: download the file itself" : "";
  throw new SyntaxError(
    `Cannot read "${path}" as weights: it is neither safetensors nor a PyTorch file nor ONNX; ` +
      (head.length === 0 ? "it is empty" : `it begins with "${shown}"${page}`),
  );
}

async function readHead(path: string): Promise<Uint8Array> {
  const head = new Uint8Array(16);
  try {
    using file = await Deno.open(path);
    const count = await file.read(head) ?? 0;
    return head.subarray(0, count);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : (error as Error).message;
    throw new Error(`Cannot read "${path}": ${reason}`, { cause: error });
  }
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
  const weights = readOnnxWeights(bytes, path);
  return {
    path,
    format: "ONNX",
    entries: new Map(
      Array.from(weights, ([name, { shape }]) => [name, { dtype: "F32", shape }]),
    ),
    settings: {},
    read: (name) => Promise.resolve(weights.get(name)!.data),
    [Symbol.dispose]() {},
  };
}
