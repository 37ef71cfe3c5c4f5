/**
 * Reads the weights of an ONNX model that this project wrote, and what it says of itself.
 *
 * @module
 */
import { PbfReader } from "pbf";
import { ONNX_TYPES } from "./onnx_proto.ts";

/** A weight in PyTorch's layout. */
export interface OnnxWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What a model holds. */
export interface OnnxWeights {
  /** Float weights by name; what is stored as f16 is widened. Constants of the graph are not among them. */
  readonly weights: ReadonlyMap<string, OnnxWeight>;
  /** `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** As `OnnxGraph.floats()` numbers what is no weight: `tap_7`. A weight's name has a module before a dot. */
const CONSTANT = /^[a-z]+_\d+$/;

interface Draft {
  name: string;
  type: number;
  dims: number[];
  raw: Uint8Array;
}

/**
 * Read a model.
 *
 * @param bytes the whole file
 * @param name what to call it in errors
 * @throws SyntaxError when it is no ONNX model or a weight is cut off
 */
export function readOnnxWeights(bytes: Uint8Array, name: string): OnnxWeights {
  const weights = new Map<string, OnnxWeight>();
  const metadata: Record<string, string> = {};
  try {
    new PbfReader(bytes).readFields((tag, _, pbf) => {
      if (tag === 7) {
        pbf.readMessage((t, __, graph) => t === 5 && addWeight(weights, graph), undefined);
      } else if (tag === 14) addEntry(metadata, pbf);
    }, undefined);
  } catch (error) {
    throw new SyntaxError(
      `Cannot read weights of "${name}" as it is no ONNX model, or cut off: ${
        (error as Error).message
      }; copy it again`,
    );
  }
  if (weights.size === 0) {
    throw new SyntaxError(`Cannot read weights of "${name}": it holds no float weights`);
  }
  return { weights, metadata };
}

function addEntry(metadata: Record<string, string>, pbf: PbfReader): void {
  const read = { key: "", value: "" };
  pbf.readMessage((tag, entry, message) => {
    if (tag === 1) entry.key = message.readString();
    else if (tag === 2) entry.value = message.readString();
  }, read);
  metadata[read.key] = read.value;
}

function addWeight(weights: Map<string, OnnxWeight>, pbf: PbfReader): void {
  const draft: Draft = { name: "", type: 0, dims: [], raw: new Uint8Array() };
  pbf.readMessage((tag, tensor, message) => {
    if (tag === 1) message.readPackedVarint(tensor.dims);
    else if (tag === 2) tensor.type = message.readVarint();
    else if (tag === 8) tensor.name = message.readString();
    else if (tag === 9) tensor.raw = message.readBytes().slice();
  }, draft);
  const { name, type, dims: shape, raw } = draft;
  if (CONSTANT.test(name)) return;
  if (type !== ONNX_TYPES.f32 && type !== ONNX_TYPES.f16) return;
  const bytes = shape.reduce((product, size) => product * size, type === ONNX_TYPES.f32 ? 4 : 2);
  if (raw.length !== bytes) {
    throw new RangeError(`"${name}" of [${shape}] has ${raw.length} bytes, not ${bytes}`);
  }
  if (type === ONNX_TYPES.f32) weights.set(name, { shape, data: new Float32Array(raw.buffer) });
  else {
    const data = Float32Array.from(new Float16Array(raw.buffer));
    weights.set(name.replace(/\.f16$/, ""), { shape, data });
  }
}
