/** ONNX models as protobuf messages (field numbers of onnx.proto). */

import { PbfWriter } from "pbf";

/** A dimension: a size, or a name for one that is free at run time. */
export type OnnxDimension = number | string;

/** A node attribute; a bare number is an INT, a bare array INTS. */
export type OnnxAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] };

/** Element types of graph inputs, outputs and initialisers (TensorProto.DataType). */
export const ONNX_TYPES = { f32: 1, u8: 2, i32: 6, i64: 7, bool: 9, f16: 10 } as const;

/** An element type by our name. */
export type OnnxType = keyof typeof ONNX_TYPES;

/** A graph input or output. */
export interface OnnxGraphValue {
  /** Its name. */
  readonly name: string;
  /** Element type. */
  readonly type: OnnxType;
  /** Sizes, outermost first. */
  readonly dims: readonly OnnxDimension[];
}

/** A stored tensor; `raw` is little endian, C order. */
export interface OnnxInitializer {
  /** Its name. */
  readonly name: string;
  /** Element type. */
  readonly type: OnnxType;
  /** Sizes, outermost first. */
  readonly dims: readonly number[];
  /** Elements. */
  readonly raw: Uint8Array;
}

/** An operator with its values. */
export interface OnnxNode {
  /** Its name. */
  readonly name: string;
  /** Operator, e.g. `"Conv"`. */
  readonly op: string;
  /** Names of the values read; `""` leaves an optional one out. */
  readonly inputs: readonly string[];
  /** Names of the values made. */
  readonly outputs: readonly string[];
  /** Attributes by name. */
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** Everything a model file holds. */
export interface OnnxModel {
  /** Graph name. */
  readonly name: string;
  /** Version of the default operator set. */
  readonly opset: number;
  /** Graph inputs. */
  readonly inputs: readonly OnnxGraphValue[];
  /** Graph outputs. */
  readonly outputs: readonly OnnxGraphValue[];
  /** Weights and constants. */
  readonly initializers: readonly OnnxInitializer[];
  /** Operators, each after those whose outputs it reads. */
  readonly nodes: readonly OnnxNode[];
  /** `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Encode a ModelProto. */
export function encodeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, 8); // ir_version 8 = opset 15 to 17
  pbf.writeStringField(2, "depth-anywhere");
  pbf.writeMessage(7, writeGraph, model);
  pbf.writeMessage(8, (version, out) => out.writeVarintField(2, version), model.opset);
  for (const entry of Object.entries(model.metadata)) pbf.writeMessage(14, writeEntry, entry);
  return pbf.finish().slice();
}

function writeEntry([key, value]: [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeStringField(2, value);
}

function writeGraph(model: OnnxModel, pbf: PbfWriter): void {
  for (const node of model.nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, model.name);
  for (const tensor of model.initializers) pbf.writeMessage(5, writeInitializer, tensor);
  for (const value of model.inputs) pbf.writeMessage(11, writeValue, value);
  for (const value of model.outputs) pbf.writeMessage(12, writeValue, value);
}

function writeNode(node: OnnxNode, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, node.name);
  pbf.writeStringField(4, node.op);
  for (const entry of Object.entries(node.attributes)) pbf.writeMessage(5, writeAttribute, entry);
}

function writeAttribute([name, value]: [string, OnnxAttribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  let type: number; // AttributeProto.AttributeType
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) {
      throw new TypeError(
        `Cannot write attribute "${name}" as an integer: current value is ${value}; use { float }`,
      );
    }
    pbf.writeVarintField(3, value);
    type = 2;
  } else if (typeof value === "string") {
    pbf.writeBytesField(4, new TextEncoder().encode(value));
    type = 3;
  } else if ("float" in value) {
    pbf.writeFloatField(2, value.float);
    type = 1;
  } else if ("floats" in value) {
    for (const x of value.floats) pbf.writeFloatField(7, x);
    type = 6;
  } else {
    for (const x of value) pbf.writeVarintField(8, x);
    type = 7;
  }
  pbf.writeVarintField(20, type);
}

function writeInitializer(tensor: OnnxInitializer, pbf: PbfWriter): void {
  for (const d of tensor.dims) pbf.writeVarintField(1, d);
  pbf.writeVarintField(2, ONNX_TYPES[tensor.type]);
  pbf.writeStringField(8, tensor.name);
  pbf.writeBytesField(9, tensor.raw);
}

function writeValue(value: OnnxGraphValue, pbf: PbfWriter): void {
  pbf.writeStringField(1, value.name);
  pbf.writeMessage(2, (_, type) => {
    type.writeMessage(1, (_, tensor) => {
      tensor.writeVarintField(1, ONNX_TYPES[value.type]);
      tensor.writeMessage(2, (dims, shape) => {
        for (const dim of dims) shape.writeMessage(1, writeDimension, dim);
      }, value.dims);
    }, undefined);
  }, undefined);
}

function writeDimension(dim: OnnxDimension, pbf: PbfWriter): void {
  if (typeof dim === "number") pbf.writeVarintField(1, dim);
  else pbf.writeStringField(2, dim);
}
