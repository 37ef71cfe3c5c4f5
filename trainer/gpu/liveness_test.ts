import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { below } from "../random.ts";
import type { Step } from "./dispatch.ts";
import { assignSlots, touched } from "./liveness.ts";
import type { Access, Tensor } from "./tensor.ts";

function temporary(name: string, bytes: number): Tensor {
  const other = { id: 0, shape: [bytes / 4], stored: "f32", requiresGradient: false } as const;
  return { name, bytes, ...other, residence: "temp", offset: 0 };
}

/** A step that writes the first of some tensors and reads the others. */
function step([written, ...others]: readonly Tensor[]): Step {
  const bind = (tensor: Tensor, access: Access) => ({ tensor, access });
  const bindings = [bind(written!, "write"), ...others.map((tensor) => bind(tensor, "read"))];
  const shader = { file: "none.wgsl", code: "", entryPoint: "none" };
  return { phase: "forward", dispatch: { label: "none", shader, bindings, workgroups: [1] } };
}

Deno.test("assignSlots() puts two small tensors side by side where a large one is dead", () => {
  const [large, a, b] = [
    temporary("large", 2048),
    temporary("a", 1020),
    temporary("b", 1024),
  ] as const;
  const { sizes, of } = assignSlots([step([large]), step([a]), step([b]), step([a])], new Set());
  deepEqual(sizes, [2048]);
  deepEqual([a, b].map((tensor) => of.get(tensor)!.offset).sort(), [0, 1024]);
});

Deno.test("assignSlots() never puts what one step reads and writes into one buffer", () => {
  const [large, a, b] = [
    temporary("large", 2048),
    temporary("a", 256),
    temporary("b", 256),
  ] as const;
  const { of } = assignSlots([step([large]), step([a]), step([b, a])], new Set());
  ok(of.get(a)!.slot !== of.get(b)!.slot);
});

Deno.test("assignSlots() puts what one step reads side by side", () => {
  const [one, other, a, b, c] = [
    temporary("one", 2048),
    temporary("other", 2048),
    temporary("a", 256),
    temporary("b", 256),
    temporary("c", 256),
  ] as const;
  const steps = [step([one]), step([other, one]), step([a]), step([b]), step([c, a, b])];
  const { sizes, of } = assignSlots(steps, new Set());
  deepEqual(sizes, [2048, 2048]);
  equal(of.get(a)!.slot, of.get(b)!.slot);
  ok(of.get(a)!.slot !== of.get(c)!.slot);
});

Deno.test("assignSlots() keeps outputs, at the start of a buffer", () => {
  const [large, a, b] = [
    temporary("large", 2048),
    temporary("a", 256),
    temporary("b", 256),
  ] as const;
  const { sizes, of } = assignSlots([step([large]), step([a]), step([b])], new Set([a, b]));
  deepEqual([a, b].map((tensor) => of.get(tensor)!.offset), [0, 0]);
  deepEqual(sizes, [2048, 256]);
});

Deno.test("assignSlots() lets no two tensors overlap in time and place", () => {
  const tensors = Array.from(
    { length: 60 },
    (_, i) => temporary(`t${i}`, 4 * (1 + below(2000, i))),
  );
  // Windows that slide along the tensors, so that lives begin and end all the time.
  const steps = tensors.flatMap((tensor, i) =>
    [1, 2, 3].map((k) => step([tensor, tensors[Math.max(0, i - below(9, i, k))]!]))
  );
  const { sizes, of } = assignSlots(steps, new Set());
  const alive = (tensor: Tensor): [number, number] => {
    const at = steps.flatMap((s, i) => touched(s).some((t) => t.tensor === tensor) ? [i] : []);
    return [at[0]!, at.at(-1)!];
  };
  for (const a of tensors) {
    const { slot, offset } = of.get(a)!;
    equal(offset % 256, 0);
    ok(offset + a.bytes <= sizes[slot]!);
    const [first, last] = alive(a);
    for (const b of tensors.slice(0, tensors.indexOf(a))) {
      const other = of.get(b)!;
      const [from, to] = alive(b);
      const together = slot === other.slot && first <= to && from <= last;
      if (together) ok(offset + a.bytes <= other.offset || other.offset + b.bytes <= offset);
    }
  }
  ok(sizes.reduce((a, b) => a + b) < tensors.reduce((sum, { bytes }) => sum + bytes, 0) / 2);
});

Deno.test("assignSlots() refuses to read what nothing wrote", () => {
  const [a, b] = [temporary("a", 16), temporary("b", 16)];
  throws(
    () => assignSlots([step([a!, b!])], new Set()),
    /Cannot plan step 0: it reads "b", which nothing wrote/,
  );
});
