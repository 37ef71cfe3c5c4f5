/**
 * The usual test of an op: forward equals its twin, backward equals central differences of the twin, and gradients are
 * added where some are already there.
 *
 * @module
 */
import type { Gpu } from "../../trainer/gpu/device.ts";
import type { Graph, Precision, Tensor } from "../../trainer/gpu/graph.ts";
import { assertClose } from "./assert_close.ts";
import { slope } from "./central_difference.ts";
import { asHalf, fill } from "./fill.ts";
import { type Operand, runOp } from "./run_op.ts";

/** An op, what to feed it, and its twin. */
export interface OpCheck<K extends string> {
  readonly operands: Readonly<Record<K, Operand>>;
  readonly record: (graph: Graph, tensors: Record<K, Tensor>) => Tensor;
  /** The twin: logical numbers of the operands to those of the output. */
  readonly twin: (data: Record<K, ArrayLike<number>>) => ArrayLike<number>;
  /** Room for float32 rounding and the adapter's `exp`; grows with the length of the sums. */
  readonly atol?: number;
  readonly rtol?: number;
  /** Elements per operand whose gradient is looked at, spread evenly. */
  readonly samples?: number;
  readonly gpu?: Gpu;
  /** `mixed`: feature maps are stored as `f16`, and each result may be off by the rounding to that. */
  readonly precision?: Precision;
}

/** Half a unit in the last place of `f16`, of a number between 1 and 2: more for none, relatively. */
export const halfRounding = 2 ** -11;

/** See the module's text. The upstream gradient comes from a seed of its own. */
export async function checkOp<K extends string>(check: OpCheck<K>): Promise<void> {
  const { record, twin, samples = 40, precision = "f32" } = check;
  const mixed = precision === "mixed";
  const exact = mixed ? asHalf : (data: Float32Array) => data;
  const operands = mixed ? halved(check.operands) : check.operands;
  const rounding = mixed ? halfRounding : 0;
  const [atol, rtol] = [(check.atol ?? 2e-6) + rounding / 2, (check.rtol ?? 5e-6) + rounding];
  const names = Object.keys(operands) as K[];
  const data = mapValues(names, (name): ArrayLike<number> => operands[name].data);
  const how = { ...(check.gpu && { gpu: check.gpu }), precision };
  const want = twin(data);
  const upstream = exact(fill("upstream", [want.length]).data);
  const got = await runOp({ operands, record, upstream, ...how, runs: 2 });
  assertClose(got.output, want, { atol, rtol, name: "output" });

  const inputs = names.filter((name) => (operands[name].kind ?? "input") === "input");
  const addTo = mapValues(
    inputs,
    (name) => exact(fill(`gradient of ${name}`, [data[name].length]).data),
  );
  const added = await runOp({ operands, record, upstream, addTo, ...how });
  for (const name of names) {
    const gradient = got.gradients[name];
    if (!gradient) continue;
    const picked = spreadOver(data[name].length, samples);
    const f = (moved: ArrayLike<number>) => twin({ ...data, [name]: moved });
    assertClose(
      picked.map((i) => gradient[i]!),
      picked.map((i) => slope(f, data[name], upstream, i)),
      {
        atol: 4 * atol,
        rtol: 4 * rtol,
        name: `gradient of ${name} (of every ${picked[1] ?? 1}th)`,
      },
    );
    assertClose(
      added.gradients[name]!,
      gradient.map((v, i) => v + (addTo[name]?.[i] ?? 0)),
      {
        atol: 2e-6 + 2 * rounding,
        rtol: 1e-5 + rounding,
        name: `gradient of ${name}, added to another`,
      },
    );
  }
}

function halved<K extends string>(operands: Readonly<Record<K, Operand>>): Record<K, Operand> {
  const names = Object.keys(operands) as K[];
  return mapValues(
    names,
    (name) => ({ ...operands[name], data: asHalf(operands[name].data) }),
  );
}

/** `count` indices below `length`, or all of them. */
function spreadOver(length: number, count: number): number[] {
  const step = Math.max(1, Math.floor(length / count));
  return Array.from({ length: Math.ceil(length / step) }, (_, k) => k * step);
}

function mapValues<K extends string, V>(names: readonly K[], value: (name: K) => V): Record<K, V> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<K, V>;
}
