/**
 * Topic 10: PyTorch files, both containers, and files that must be refused.
 *
 * @module
 */
import { PickleRecord } from "../../../trainer/formats/pickle.ts";
import { readPyTorch } from "../../../trainer/formats/pytorch_file.ts";
import { PyTorchTensor } from "../../../trainer/formats/pytorch_tensor.ts";
import { toFloat32 } from "../../../trainer/formats/to_float32.ts";
import { type CaseRun, type Check, exact } from "../check.ts";
import { number, type TopicFolder } from "../reference.ts";

interface TensorEntry {
  readonly tensor: true;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values_c_order: readonly (number | string)[];
}

/** What the reference calls element types. */
const types: Readonly<Record<string, string>> = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  I32: "int32",
  I16: "int16",
  I8: "int8",
  U8: "uint8",
  BOOL: "bool",
};

/** Reads every file of the topic. */
export function* checkpoints(topic: TopicFolder): Generator<CaseRun> {
  const { expect, refuse } = topic.json as {
    expect: Record<string, { content: unknown }>;
    refuse: Record<string, unknown>;
  };
  const load = async (name: string): Promise<unknown> =>
    readPyTorch(await Deno.readFile(topic.path(name)), name);
  for (const [name, { content }] of Object.entries(expect)) {
    const run = async () => ({ checks: contentChecks(name, await load(name), content) });
    yield { id: name, run };
  }
  for (const name of Object.keys(refuse)) {
    yield { id: name, run: async () => ({ checks: [await refusal(load(name))] }) };
  }
}

/** Whether a file was refused by the name that it calls. */
async function refusal(loading: Promise<unknown>): Promise<Check> {
  const message = await loading.then(() => "", (error: Error) => error.message);
  const named = /names "posix\.system".*nothing of it was executed/.test(message);
  return { quantity: "refused by name", error: named ? 0 : 1, tolerance: 0 };
}

function contentChecks(path: string, got: unknown, want: unknown): Check[] {
  if (isTensor(want)) return tensorChecks(path, got, want);
  if (Array.isArray(want)) {
    return want.flatMap((item, i) => contentChecks(`${path}[${i}]`, (got as unknown[])?.[i], item));
  }
  if (typeof want !== "object" || want === null) {
    return [{ quantity: path, error: Object.is(got, want) ? 0 : 1, tolerance: 0 }];
  }
  const { __namespace__: fields, __device__: device } = want as Record<string, unknown>;
  if (device !== undefined) return contentChecks(path, got, device);
  if (fields !== undefined) return contentChecks(path, (got as PickleRecord).fields, fields);
  const map = got as ReadonlyMap<unknown, unknown>;
  const keys = Object.keys(want);
  return [
    exact(`${path} entries`, [map.size], [keys.length]),
    ...keys.flatMap((key) => {
      const value = map.has(key) ? map.get(key) : map.get(Number(key)); // JSON has no whole keys
      return contentChecks(key, value, (want as Record<string, unknown>)[key]);
    }),
  ];
}

function isTensor(value: unknown): value is TensorEntry {
  return (value as TensorEntry | null)?.tensor === true;
}

function tensorChecks(name: string, got: unknown, want: TensorEntry): Check[] {
  if (!(got instanceof PyTorchTensor)) throw new TypeError(`"${name}" is not read as a tensor`);
  const elements = got.elements();
  const type = { quantity: `${name} type`, error: types[got.dtype] === want.dtype ? 0 : 1 };
  const wanted = want.values_c_order;
  const values = elements instanceof BigInt64Array
    ? exact(name, [Number(elements.join() !== wanted.join())], [0])
    : exact(
      name,
      finite(got.dtype === "BF16" ? toFloat32(elements, got.dtype) : elements),
      finite(wanted.map(number)),
    );
  return [exact(`${name} shape`, got.shape, want.shape), { ...type, tolerance: 0 }, values];
}

/** Numbers that compare by ===: a NaN becomes one that nothing else is. */
function finite(values: ArrayLike<unknown>): Float64Array {
  return Float64Array.from(values as ArrayLike<number>, (v) => Number.isNaN(v) ? 1e300 : v);
}
