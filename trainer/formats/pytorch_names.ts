/**
 * What a PyTorch file may name: tensors, their storages and plain containers. Names of PyTorch's own files
 * (torch/_utils.py, torch/serialization.py) and of the checkpoints of Depth Anywhere and UniFuse.
 *
 * @module
 */
import { type PickleGlobal, type PickleNames, PickleRecord } from "./pickle.ts";
import { type PyTorchStorage, PyTorchTensor } from "./pytorch_tensor.ts";
import { type Dtype, DTYPES } from "./safetensors.ts";

/** Element types by the storage class that PyTorch names for them. */
const storageTypes: Readonly<Record<string, Dtype>> = {
  DoubleStorage: "F64",
  FloatStorage: "F32",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
};

/** Element types by their name in PyTorch, for tensors of untyped storages. */
const elementTypes: Readonly<Record<string, Dtype>> = {
  float64: "F64",
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
  int64: "I64",
  int32: "I32",
  int16: "I16",
  int8: "I8",
  uint64: "U64",
  uint32: "U32",
  uint16: "U16",
  uint8: "U8",
  bool: "BOOL",
};

/** A type that a pickle names and passes on. */
class NamedType implements PickleGlobal {
  readonly name: string;
  readonly dtype: Dtype | undefined;

  constructor(name: string, dtype: Dtype | undefined) {
    this.name = name;
    this.dtype = dtype;
  }
}

/** `_rebuild_tensor`, `_v2` and `_v3` begin alike. */
function rebuild([storage, offset, shape, stride, ...more]: readonly unknown[]): PyTorchTensor {
  const type = more.find((value) => value instanceof NamedType);
  return new PyTorchTensor(storage as PyTorchStorage, {
    offset,
    shape,
    stride,
    ...(type && { dtype: type.dtype }),
  });
}

const functions: Readonly<Record<string, (args: readonly unknown[]) => unknown>> = {
  "collections.OrderedDict": ([items]) => new Map(items as [unknown, unknown][] | undefined),
  "collections.defaultdict": () => new Map(),
  "builtins.dict": () => new Map(),
  "builtins.set": ([items]) => new Set(items as unknown[] | undefined),
  "__builtin__.set": ([items]) => new Set(items as unknown[] | undefined),
  "argparse.Namespace": () => new PickleRecord(),
  "torch.Size": ([sizes]) => sizes,
  "torch.device": (args) => args.join(":"),
  "torch._utils._rebuild_tensor": rebuild,
  "torch._utils._rebuild_tensor_v2": rebuild,
  "torch._utils._rebuild_tensor_v3": rebuild,
  "torch._utils._rebuild_parameter": ([tensor]) => tensor,
  "torch._utils._rebuild_parameter_with_state": ([tensor]) => tensor,
};

const globals: ReadonlyMap<string, PickleGlobal> = new Map([
  ...Object.entries(functions).map(([name, call]) => ({ name, call })),
  ...Object.entries(storageTypes).map(([name, type]) => new NamedType(`torch.${name}`, type)),
  ...Object.entries(elementTypes).map(([name, type]) => new NamedType(`torch.${name}`, type)),
  new NamedType("torch.storage.UntypedStorage", undefined),
].map((global): [string, PickleGlobal] => [global.name, global]));

/** The names of one file; the storages that it asks for are collected by their keys. */
export class PyTorchNames implements PickleNames {
  readonly storages: Map<string, PyTorchStorage> = new Map();

  /** @throws TypeError for what is neither a tensor nor a plain container */
  global(module: string, name: string): PickleGlobal {
    const full = `${module}.${name}`;
    const known = globals.get(full);
    if (known) return known;
    throw new TypeError(
      `it names "${full}", which is neither a tensor nor a plain container; nothing of it was executed. ` +
        "Save the weights alone, with torch.save(model.state_dict(), path)",
    );
  }

  /** `("storage", type, key, device, count)`, in older files with a view `(key, offset, count)` after it. */
  persistent(id: unknown): PyTorchStorage {
    const [kind, type, key, , count, view] = Array.isArray(id) ? id : [];
    const fits = kind === "storage" && type instanceof NamedType && typeof key === "string" &&
      Number.isSafeInteger(count);
    if (!fits) throw new SyntaxError(`it refers to ${String(id)}, which is no storage of a tensor`);
    if (view) {
      throw new SyntaxError(`storage "${key}" is a view of another, as in files before 2018`);
    }
    const known = this.storages.get(key);
    if (known) return known;
    const storage: PyTorchStorage = { key, dtype: type.dtype, count, bytes: undefined };
    this.storages.set(key, storage);
    return storage;
  }
}

/** Bytes of a storage. */
export function storageBytes({ dtype, count }: PyTorchStorage): number {
  return count * (dtype ? DTYPES[dtype].BYTES_PER_ELEMENT : 1);
}
