/**
 * Safetensors files: an 8-byte little-endian header length, a JSON header, then the raw tensors
 * (huggingface/safetensors, format description). Checkpoints and exported weights use it.
 */

/** Element types by their safetensors name. `BF16` and `BOOL` are read as raw words. */
export const DTYPES = {
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  F16: Float16Array,
  BF16: Uint16Array,
  I16: Int16Array,
  U16: Uint16Array,
  U8: Uint8Array,
  I8: Int8Array,
  BOOL: Uint8Array,
} as const;

/** A safetensors element type. */
export type Dtype = keyof typeof DTYPES;

/** A tensor's elements in C order. */
export type TensorData = InstanceType<typeof DTYPES[Dtype]>;

/** One tensor of a file. */
export interface SafeTensor {
  /** Sizes, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  /** Elements in C order. */
  readonly data: TensorData;
  /** Element type; derived from `data` when absent. */
  readonly dtype?: Dtype;
}

/** Where a tensor lies in its file. */
export interface SafeTensorEntry {
  /** Element type. */
  readonly dtype: Dtype;
  /** Sizes, outermost first. */
  readonly shape: readonly number[];
  /** First byte, and one past the last, counted from the end of the header. */
  readonly range: readonly [number, number];
}

/** A parsed header. */
export interface SafetensorsHeader {
  /** Tensors by name, in file order. */
  readonly entries: ReadonlyMap<string, SafeTensorEntry>;
  /** Free text by key (`__metadata__`). */
  readonly metadata: Readonly<Record<string, string>>;
  /** Bytes before the first tensor. */
  readonly dataStart: number;
}

/** Longest header accepted, in bytes. */
export const MAX_HEADER = 100_000_000; // the limit of the reference implementation

/**
 * The pieces of a file, header first, each tensor as it lies in memory (no copy).
 * Tensors are ordered by element size and then by name, so that every one is aligned and equal input gives
 * equal bytes.
 *
 * @throws {RangeError} if a shape does not hold exactly its elements
 */
export function* safetensorsChunks(
  tensors: Iterable<readonly [string, SafeTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  const list = [...tensors].sort(([a, x], [b, y]) =>
    y.data.BYTES_PER_ELEMENT - x.data.BYTES_PER_ELEMENT || (a < b ? -1 : a > b ? 1 : 0)
  );
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header["__metadata__"] = metadata;
  let offset = 0;
  for (const [name, { shape, data, dtype }] of list) {
    if (shape.reduce((n, s) => n * s, 1) !== data.length) {
      throw new RangeError(
        `Cannot write tensor "${name}" as shape and data disagree: shape is [${shape}], data has ${data.length} elements`,
      );
    }
    const end = offset + data.byteLength;
    header[name] = { dtype: dtype ?? dtypeOf(data), shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(32);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true);
  head.set(json, 8);
  yield head;
  for (const [, { data }] of list) {
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
}

function dtypeOf(data: TensorData): Dtype {
  for (const [name, type] of Object.entries(DTYPES)) if (data instanceof type) return name as Dtype;
  throw new TypeError("Cannot write tensor as its array type has no safetensors name");
}

/**
 * Parse a header and check it against the file's size.
 *
 * @param head the file's first bytes, at least the whole header
 * @param fileSize size of the whole file in bytes
 * @param name what to call the file in errors
 * @throws {SyntaxError} if the file is not safetensors, is torn, or its tensors overlap or leave holes
 */
export function parseSafetensorsHeader(
  head: Uint8Array,
  fileSize: number,
  name: string,
): SafetensorsHeader {
  const fail = (reason: string): never => {
    throw new SyntaxError(
      `Cannot read "${name}" as safetensors because ${reason}; use an older checkpoint or copy it again`,
    );
  };
  if (fileSize < 8) fail(`it is short: current size is ${fileSize} bytes`);
  const length = headerLength(head);
  if (length > MAX_HEADER) {
    fail(
      `its header length is ${length}, above ${MAX_HEADER}: it is probably another kind of file`,
    );
  }
  const dataStart = 8 + length;
  if (dataStart > fileSize) {
    fail(`it is torn: current size is ${fileSize} bytes, its header ends at ${dataStart}`);
  }
  let json: Record<string, unknown> = {};
  try {
    json = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(head.subarray(8, dataStart)),
    );
  } catch (error) {
    fail(`its header is not JSON (${(error as Error).message})`);
  }
  const metadata = (json["__metadata__"] ?? {}) as Record<string, string>;
  const entries = new Map<string, SafeTensorEntry>();
  for (const [key, value] of Object.entries(json)) {
    if (key === "__metadata__") continue;
    const entry = parseEntry(value);
    if (typeof entry === "string") fail(`tensor "${key}" ${entry}`);
    else entries.set(key, entry);
  }
  const ordered = [...entries].sort((a, b) =>
    a[1].range[0] - b[1].range[0] || a[1].range[1] - b[1].range[1]
  );
  let end = 0;
  for (const [key, { range }] of ordered) {
    if (range[0] !== end) {
      fail(`tensor "${key}" starts at byte ${range[0]} of the data, expected ${end}`);
    }
    end = range[1];
  }
  if (fileSize !== dataStart + end) {
    fail(`it is torn: current size is ${fileSize} bytes, its header promises ${dataStart + end}`);
  }
  return { entries: new Map(ordered), metadata, dataStart };
}

/** One header value, or what is wrong with it. */
function parseEntry(value: unknown): SafeTensorEntry | string {
  const { dtype, shape, data_offsets: range } = value as Record<string, unknown>;
  if (!(String(dtype) in DTYPES)) return `has type "${dtype}"`;
  if (!isSizes(shape) || !isSizes(range) || range.length !== 2) {
    return "has no valid shape or range";
  }
  const [from, to] = range as [number, number];
  const size = shape.reduce((n, s) => n * s, DTYPES[dtype as Dtype].BYTES_PER_ELEMENT);
  if (to - from !== size) return `of shape [${shape}] needs ${size} bytes, its range is [${range}]`;
  return { dtype: dtype as Dtype, shape, range: [from, to] };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/** The header length that the first 8 bytes of a file announce. */
export function headerLength(head: Uint8Array): number {
  return Number(new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true));
}
