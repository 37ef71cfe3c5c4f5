/**
 * Writes small PyTorch files as torch.save() does, in either container, from tensors described by hand: also wrong ones.
 *
 * @module
 */
import { zipSync } from "fflate";

/** A storage and its numbers. */
export interface Storage {
  readonly key: string;
  /** Class name in PyTorch, e.g. `FloatStorage`. */
  readonly type: string;
  readonly data: ArrayBufferView;
}

/** Something to be pickled. A number is whole: `BININT`; see {@linkcode real}. */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | readonly Pickled[]
  | ReadonlyMap<string, Pickled>
  | PickledObject;

/** What stands for an object of Python. */
type PickledObject =
  | { readonly real: number }
  | { readonly tuple: readonly Pickled[] }
  | { readonly call: string; readonly args: readonly Pickled[]; readonly state?: Pickled }
  | { readonly name: string }
  | { readonly storage: Storage; readonly count?: number };

/** A float, as `BINFLOAT`. */
export function real(value: number): Pickled {
  return { real: value };
}

/** A tensor as PyTorch describes it; contiguous from the start of its own storage unless said otherwise. */
export function tensor(
  key: string,
  shape: readonly number[],
  data: ArrayBufferView & ArrayLike<number | bigint>,
  options: {
    type?: string;
    offset?: number;
    stride?: readonly number[];
    storage?: Storage;
    parameter?: boolean;
  } = {},
): Pickled {
  const { type = "FloatStorage", offset = 0, parameter } = options;
  const storage = options.storage ?? { key, type, data };
  const contiguous = shape.map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1));
  const stride = options.stride ?? contiguous;
  const hooks: Pickled = { call: "collections.OrderedDict", args: [] };
  const args: Pickled[] = [
    { storage, count: data.length },
    offset,
    { tuple: shape },
    { tuple: stride },
    false,
    hooks,
  ];
  const plain: Pickled = { call: "torch._utils._rebuild_tensor_v2", args };
  return parameter
    ? { call: "torch._utils._rebuild_parameter", args: [plain, true, hooks] }
    : plain;
}

/** Bytes of a pickle, with the storages that it refers to. */
class Pickler {
  readonly bytes: number[] = [0x80, 2];
  readonly storages = new Map<string, Storage>();

  code(text: string): void {
    for (const c of text) this.bytes.push(c.charCodeAt(0));
  }

  u32(value: number): void {
    this.bytes.push(value & 255, value >> 8 & 255, value >> 16 & 255, value >>> 24);
  }

  global(name: string): void {
    const dot = name.lastIndexOf(".");
    this.code(`c${name.slice(0, dot)}\n${name.slice(dot + 1)}\n`);
  }

  put(value: Pickled): void {
    if (value === null) this.code("N");
    else if (typeof value === "boolean") this.code(value ? "\x88" : "\x89");
    else if (typeof value === "number") {
      this.code("J");
      this.u32(value);
    } else if (typeof value === "string") {
      const utf8 = new TextEncoder().encode(value);
      this.code("X");
      this.u32(utf8.length);
      this.bytes.push(...utf8);
    } else if (value instanceof Map) {
      this.code("}(");
      for (const [key, item] of value) {
        this.put(key);
        this.put(item);
      }
      this.code("u");
    } else if (Array.isArray(value)) {
      this.code("](");
      value.forEach((item) => this.put(item));
      this.code("e");
    } else this.#object(value as PickledObject);
  }

  #object(value: PickledObject): void {
    if ("real" in value) {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, value.real);
      this.bytes.push(0x47, ...new Uint8Array(view.buffer));
    } else if ("tuple" in value) {
      this.code("(");
      value.tuple.forEach((item) => this.put(item));
      this.code("t");
    } else if ("name" in value) this.global(value.name);
    else if ("call" in value) {
      this.global(value.call);
      this.put({ tuple: value.args });
      this.code("R");
      if (value.state === undefined) return;
      this.put(value.state);
      this.code("b");
    } else if ("storage" in value) {
      const { key, type, data } = value.storage;
      this.storages.set(key, value.storage);
      const count = value.count ?? data.byteLength;
      this.code("(");
      this.put("storage");
      this.global(type.includes(".") ? type : `torch.${type}`);
      [key, "cpu", count].forEach((item) => this.put(item));
      this.code("tQ");
    }
  }
}

function pickled(value: Pickled): { bytes: Uint8Array; storages: Storage[] } {
  const pickler = new Pickler();
  pickler.put(value);
  pickler.code(".");
  return { bytes: Uint8Array.from(pickler.bytes), storages: [...pickler.storages.values()] };
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A zip file as torch.save() writes it, uncompressed. @param order what `byteorder` says */
export function pytorchZip(value: Pickled, order = "little"): Uint8Array<ArrayBuffer> {
  const { bytes, storages } = pickled(value);
  const text = (line: string) => new TextEncoder().encode(line);
  const files: Record<string, Uint8Array> = {
    "archive/data.pkl": bytes,
    "archive/byteorder": text(order),
    "archive/version": text("3\n"),
  };
  for (const { key, data } of storages) files[`archive/data/${key}`] = bytesOf(data);
  return zipSync(files, { level: 0 }) as Uint8Array<ArrayBuffer>;
}

/** A file of before PyTorch 1.6. */
export function pytorchLegacy(value: Pickled, littleEndian = true): Uint8Array<ArrayBuffer> {
  const { bytes, storages } = pickled(value);
  const magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 46];
  const parts: Uint8Array[] = [
    Uint8Array.from(magic),
    pickled(1001).bytes,
    pickled(new Map([["little_endian", littleEndian]])).bytes,
    bytes,
    pickled(storages.map(({ key }) => key)).bytes,
  ];
  for (const { data } of storages) {
    const { BYTES_PER_ELEMENT: size = 1 } = data as { BYTES_PER_ELEMENT?: number };
    const count = new BigInt64Array([BigInt(data.byteLength / size)]);
    parts.push(bytesOf(count), bytesOf(data));
  }
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
