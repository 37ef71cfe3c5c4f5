/** NumPy `.npy` arrays, version 1 to 3, little endian, C order (numpy.lib.format). */

/** The element arrays an `.npy` file can hold here. */
export type NpyData =
  | Float32Array
  | Float64Array
  | Float16Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array;

/** An array in C order. */
export interface NpyArray {
  /** Sizes, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  /** Elements in C order; `bool` arrays come as `Uint8Array` of 0 and 1. */
  readonly data: NpyData;
}

/** A kind of element array. */
export type NpyConstructor = {
  new (buffer: ArrayBuffer): NpyData;
  readonly BYTES_PER_ELEMENT: number;
};

/** Element arrays by NumPy type code. */
const NPY_TYPES: ReadonlyMap<string, NpyConstructor> = new Map<string, NpyConstructor>([
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
  ["|b1", Uint8Array],
]);

const MAGIC = "\x93NUMPY";

/**
 * Decode an `.npy` file.
 *
 * @param bytes the whole file
 * @param name what to call it in errors
 * @throws {SyntaxError} if it is not an `.npy` file, is short, or is big endian or in Fortran order
 */
export function decodeNpy(bytes: Uint8Array, name = "npy"): NpyArray {
  const fail = (reason: string, wanted: string): never => {
    throw new SyntaxError(`Cannot read "${name}" as npy because ${reason}; ${wanted}`);
  };
  for (let i = 0; i < 6; i++) {
    if (bytes[i] !== MAGIC.charCodeAt(i)) {
      fail("it does not start with \\x93NUMPY", "write it with numpy.save");
    }
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes[6] === 1 ? 10 : 12;
  if (bytes.length < start) fail(`it is short: current size is ${bytes.length}`, "copy it again");
  const end = start + (start === 10 ? view.getUint16(8, true) : view.getUint32(8, true));
  const header = new TextDecoder().decode(bytes.subarray(start, end));
  const code = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const tuple = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (end > bytes.length || code === undefined || order === undefined || tuple === undefined) {
    fail(`its header is torn: "${header.trim()}"`, "copy it again");
  }
  const type = NPY_TYPES.get(code!);
  if (!type) {
    fail(`its type is "${code}"`, `the types read here are ${[...NPY_TYPES.keys()].join(" ")}`);
  }
  if (order === "True") fail("it is in Fortran order", "save numpy.ascontiguousarray(x)");
  const shape = tuple!.split(",").map((s) => s.trim()).filter((s) => s !== "").map(Number);
  const size = shape.reduce((n, s) => n * s, 1) * type!.BYTES_PER_ELEMENT;
  if (bytes.length !== end + size) {
    fail(`its size is ${bytes.length}, its header promises ${end + size}`, "copy it again");
  }
  return { shape, data: new type!(bytes.slice(end).buffer) };
}

/** Read an `.npy` file; throws as {@link decodeNpy}, or `Deno.errors.NotFound`. */
export async function readNpy(path: string): Promise<NpyArray> {
  return decodeNpy(await Deno.readFile(path), path);
}

/**
 * The bytes of an `.npy` file, version 1, C order, as `numpy.save` writes it.
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
