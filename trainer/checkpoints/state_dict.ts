/**
 * The weights in what `torch.save()` saved: a bare state dict, one in a wrapper (`{"model": …}`), names with `module.` before
 * them, plain values among the tensors.
 *
 * @module
 */
import { PyTorchTensor } from "../formats/pytorch_tensor.ts";

/** Plain values by name. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/** Tensors by name, and what stood beside them. */
export interface StateDict {
  readonly tensors: ReadonlyMap<string, PyTorchTensor>;
  readonly settings: Settings;
}

/** Where trainers put the state dict, the usual ones first. */
const wrappers = ["model", "state_dict", "model_state_dict", "net", "network", "weights"];

/**
 * Find the state dict.
 *
 * @param value what the file holds
 * @param name what to call the file in errors
 * @throws TypeError when there are no tensors where they are looked for
 */
export function stateDictOf(value: unknown, name: string): StateDict {
  const dict = find(value, name);
  const tensors = new Map<string, PyTorchTensor>();
  const settings: Record<string, string | number | boolean> = {};
  for (const [key, item] of dict) {
    if (item instanceof PyTorchTensor) tensors.set(bareName(String(key)), item);
    else if (["string", "number", "boolean"].includes(typeof item)) {
      settings[String(key)] = item as string | number | boolean;
    }
  }
  return { tensors, settings };
}

type Dict = ReadonlyMap<unknown, unknown>;

function find(value: unknown, name: string): Dict {
  if (!(value instanceof Map)) {
    throw new TypeError(`Cannot find weights in "${name}": it holds no dict of tensors`);
  }
  const dict: Dict = value;
  // A scalar beside the dict, a best accuracy say, may be a tensor too: the dict with the most tensors is looked into.
  const own = tensorsOf(dict);
  if (own > 0 && [...dict.values()].every((item) => tensorsOf(item) <= own)) return dict;
  const inner = new Map([...dict].filter(([, item]) => tensorsOf(item) > 0) as [unknown, Dict][]);
  const key = inner.size === 1 ? [...inner.keys()][0] : wrappers.find((key) => inner.has(key));
  const found = inner.get(key);
  if (found) return found;
  const list = (keys: Iterable<unknown>): string => [...keys].slice(0, 8).join(", ");
  throw new TypeError(
    inner.size === 0
      ? `Cannot find weights in "${name}": none of its entries holds tensors (${
        list(dict.keys()) || "it is empty"
      })`
      : `Cannot choose weights in "${name}": ${inner.size} of its entries hold tensors (${
        list(inner.keys())
      }); save one of them alone`,
  );
}

/** How many tensors a dict holds itself. */
function tensorsOf(value: unknown): number {
  if (!(value instanceof Map)) return 0;
  return [...value.values()].filter((item) => item instanceof PyTorchTensor).length;
}

/** Without what `DataParallel` puts before each name. */
export function bareName(name: string): string {
  return name.replace(/^(module\.)+/, "");
}
