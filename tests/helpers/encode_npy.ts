import { NPY_TYPES, type NpyData } from "../../trainer/formats/npy.ts";

/**
 * The bytes that `numpy.save` writes for an array: version 1, C order.
 *
 * @param data elements in C order
 * @param shape sizes, outermost first
 */
export function encodeNpy(data: NpyData, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const code = [...NPY_TYPES].find(([, type]) => data instanceof type)![0];
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
