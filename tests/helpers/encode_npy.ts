import type { NpyData } from "../../trainer/formats/npy.ts";

/** NumPy type codes of element arrays. */
const CODES: readonly (readonly [string, new (length: number) => NpyData])[] = [
  ["<f4", Float32Array],
  ["<f8", Float64Array],
  ["<f2", Float16Array],
  ["|u1", Uint8Array],
  ["|i1", Int8Array],
  ["<u2", Uint16Array],
  ["<i2", Int16Array],
  ["<u4", Uint32Array],
  ["<i4", Int32Array],
  ["<i8", BigInt64Array],
  ["<u8", BigUint64Array],
];

/**
 * The bytes that `numpy.save` writes for an array: version 1, C order.
 *
 * @param data elements in C order
 * @param shape sizes, outermost first
 */
export function encodeNpy(data: NpyData, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const code = CODES.find(([, type]) => data instanceof type)![0];
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  let header = `{'descr': '${code}', 'fortran_order': False, 'shape': ${tuple}, }`;
  header = header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 11) + "\n";
  const bytes = new Uint8Array(10 + header.length + data.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1]);
  new DataView(bytes.buffer).setUint16(8, header.length, true);
  new TextEncoder().encodeInto(header, bytes.subarray(10));
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + header.length);
  return bytes;
}
