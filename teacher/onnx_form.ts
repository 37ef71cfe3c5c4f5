/** What a model file says of itself: inputs, outputs, opset, external data. Weights are skipped, not parsed. */

import { PbfReader } from "pbf";

/** A model input or output. */
export interface OnnxValue {
  /** Name in the graph. */
  readonly name: string;
  /** Element type, e.g. `"float32"`; `"?"` when the file does not say. */
  readonly type: string;
  /** Sizes; a string names one that is free at run time, `"?"` when unnamed. Undefined: no rank given. */
  readonly dims: readonly (number | string)[] | undefined;
}

/** The form of an ONNX model. */
export interface OnnxForm {
  /** Inputs that are not initialisers. */
  readonly inputs: readonly OnnxValue[];
  /** Outputs. */
  readonly outputs: readonly OnnxValue[];
  /** Version of the default operator set. */
  readonly opset: number;
  /** Program that wrote the file. */
  readonly producer: string;
  /** `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Names of side files that hold weights; empty when the file is complete. */
  readonly externalData: readonly string[];
}

/** TensorProto.DataType, in ORT's spelling. */
const TYPE_NAMES = [
  "?",
  "float32",
  "uint8",
  "int8",
  "uint16",
  "int16",
  "int32",
  "int64",
  "string",
  "bool",
  "float16",
  "float64",
  "uint32",
  "uint64",
];

interface Draft {
  irVersion: number;
  graphs: number;
  opset: number;
  producer: string;
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  metadata: Record<string, string>;
  initializers: Set<string>;
  external: Set<string>;
}

/**
 * Read the form of a model.
 *
 * @param bytes the whole file
 * @param name what to call it in errors
 * @throws {SyntaxError} if it is not an ONNX model, or is cut off
 */
export function readOnnxForm(bytes: Uint8Array, name: string): OnnxForm {
  const draft: Draft = {
    irVersion: 0,
    graphs: 0,
    opset: 0,
    producer: "",
    inputs: [],
    outputs: [],
    metadata: {},
    initializers: new Set(),
    external: new Set(),
  };
  try {
    const pbf = new PbfReader(bytes);
    pbf.readFields(readModel, draft);
    if (pbf.pos > bytes.length) throw new RangeError("cut off");
  } catch {
    draft.graphs = 0;
  }
  if (draft.graphs !== 1 || draft.irVersion < 1 || draft.outputs.length === 0) {
    throw new SyntaxError(
      `Cannot read "${name}" as an ONNX model: current content is ${describe(bytes)}; ` +
        "download or export it again",
    );
  }
  const { producer, metadata, opset, outputs } = draft;
  const inputs = draft.inputs.filter((value) => !draft.initializers.has(value.name));
  return { inputs, outputs, opset, producer, metadata, externalData: [...draft.external] };
}

function describe(bytes: Uint8Array): string {
  if (bytes.length === 0) return "empty";
  const text = new TextDecoder().decode(bytes.subarray(0, 60));
  if (text.startsWith("version https://git-lfs")) return "a git-lfs pointer, not the file itself";
  if (/^\s*</.test(text)) return "a web page";
  return `${bytes.length} bytes that are another format or a part of a model`;
}

function readModel(tag: number, draft: Draft, pbf: PbfReader): void {
  if (tag === 1) draft.irVersion = pbf.readVarint();
  else if (tag === 2) draft.producer = pbf.readString();
  else if (tag === 7) {
    const end = pbf.readVarint() + pbf.pos;
    if (end > pbf.length) throw new RangeError("cut off");
    pbf.readFields(readGraph, draft, end);
    draft.graphs++;
  } else if (tag === 8) {
    const { domain, version } = pbf.readMessage((t, set, p) => {
      if (t === 1) set.domain = p.readString();
      else if (t === 2) set.version = p.readVarint();
    }, { domain: "", version: 0 });
    if (domain === "" || domain === "ai.onnx") draft.opset = version;
  } else if (tag === 14) {
    const [key, value] = pbf.readMessage((t, pair, p) => {
      if (t === 1 || t === 2) pair[t - 1] = p.readString();
    }, ["", ""]);
    draft.metadata[key!] = value!;
  }
}

function readGraph(tag: number, draft: Draft, pbf: PbfReader): void {
  if (tag === 5) {
    const { name, location } = pbf.readMessage(readInitializer, { name: "", location: "" });
    draft.initializers.add(name);
    if (location !== "") draft.external.add(location);
  } else if (tag === 11) {
    draft.inputs.push(pbf.readMessage(readValue, { name: "", type: "?", dims: undefined }));
  } else if (tag === 12) {
    draft.outputs.push(pbf.readMessage(readValue, { name: "", type: "?", dims: undefined }));
  }
}

function readInitializer(
  tag: number,
  tensor: { name: string; location: string },
  pbf: PbfReader,
): void {
  if (tag === 8) tensor.name = pbf.readString();
  else if (tag === 13) {
    const [key, value] = pbf.readMessage((t, pair, p) => {
      if (t === 1 || t === 2) pair[t - 1] = p.readString();
    }, ["", ""]);
    if (key === "location") tensor.location = value!;
  }
}

type Draftable<T> = { -readonly [K in keyof T]: T[K] };

function readValue(tag: number, value: Draftable<OnnxValue>, pbf: PbfReader): void {
  if (tag === 1) value.name = pbf.readString();
  else if (tag === 2) pbf.readMessage(readType, value);
}

function readType(tag: number, value: Draftable<OnnxValue>, pbf: PbfReader): void {
  if (tag !== 1) return; // sequences and maps have no tensor type
  pbf.readMessage((t, _, p) => {
    if (t === 1) value.type = TYPE_NAMES[p.readVarint()] ?? "?";
    else if (t === 2) value.dims = p.readMessage(readShape, [] as (number | string)[]);
  }, undefined);
}

function readShape(tag: number, dims: (number | string)[], pbf: PbfReader): void {
  if (tag !== 1) return;
  const dim = pbf.readMessage((t, d, p) => {
    if (t === 1) d.value = p.readVarint(true);
    else if (t === 2) d.value = p.readString();
  }, { value: "?" as number | string });
  dims.push(typeof dim.value === "number" && dim.value < 1 ? "?" : dim.value);
}
