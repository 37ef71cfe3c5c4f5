/**
 * Two benches side by side.
 *
 * @module
 */
import { z } from "zod";
import type { Figure } from "./figures.ts";
import { type BenchResult, resultFormat } from "./result.ts";
import { digits, table } from "./table.ts";

const figureSchema = z.object({
  name: z.string(),
  unit: z.enum(["s", "GFLOP/s", "MB", "times"]),
  better: z.enum(["less", "more"]),
  median: z.number(),
  min: z.number(),
  max: z.number(),
});

const schema = z.object({
  format: z.literal(resultFormat, {
    error: "another version of the bench wrote it, measure again",
  }),
  quick: z.boolean(),
  machine: z.looseObject({ adapter: z.string(), cores: z.number() }),
  figures: z.array(figureSchema),
});

/** What a comparison needs of a result. */
export type Comparable = Pick<BenchResult, "quick"> & {
  readonly machine: { readonly adapter: string; readonly cores: number };
  readonly figures: readonly Figure[];
};

/**
 * A result from its text.
 *
 * @param name what to call it in errors
 * @throws SyntaxError for a text that is no result of the bench
 */
export function parseResult(text: string, name: string): Comparable {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`Cannot compare "${name}": it is not JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new SyntaxError(
    `Cannot compare "${name}": it was not written by this deno task bench (${
      path.join(".") || "all of it"
    }: ${message})`,
  );
}

/** A figure of both. */
export interface Change {
  readonly name: string;
  readonly unit: Figure["unit"];
  readonly before: number;
  readonly after: number;
  /** After over before. */
  readonly ratio: number;
  /** `better` or `worse` only when the two ranges do not touch; a single measurement has no range to tell. */
  readonly verdict: "better" | "worse" | "within the range" | "one measurement";
}

/** The figures that both have, in the order of the second. */
export function changes(before: Comparable, after: Comparable): Change[] {
  const known = new Map(before.figures.map((figure) => [figure.name, figure]));
  return after.figures.flatMap((figure) => {
    const old = known.get(figure.name);
    return old ? [change(old, figure)] : [];
  });
}

function change(before: Figure, after: Figure): Change {
  const { name, unit, better } = after;
  const ratio = after.median / before.median;
  const single = [before, after].some(({ min, max }) => min === max);
  const apart = after.min > before.max || after.max < before.min;
  const improved = (ratio < 1) === (better === "less");
  const verdict = single
    ? "one measurement"
    : !apart
    ? "within the range"
    : improved
    ? "better"
    : "worse";
  return { name, unit, before: before.median, after: after.median, ratio, verdict };
}

/**
 * Refuse two results that measured different things under the same names.
 *
 * @throws Error saying which is which
 */
export function checkComparable(before: Comparable, after: Comparable): void {
  if (before.quick === after.quick) return;
  const [small, full] = before.quick ? ["first", "second"] : ["second", "first"];
  throw new Error(
    `Cannot compare the two: the ${small} is of --quick, of other sizes than the ${full}`,
  );
}

/** The comparison as text, with what makes it unfair first. */
export function comparisonText(before: Comparable, after: Comparable): string {
  const notes: string[] = [];
  if (before.machine.adapter !== after.machine.adapter) {
    notes.push(`Adapters differ: ${before.machine.adapter} and ${after.machine.adapter}`);
  }
  if (before.machine.cores !== after.machine.cores) {
    notes.push(`Cores differ: ${before.machine.cores} and ${after.machine.cores}`);
  }
  const rows = changes(before, after).map(({ name, unit, before, after, ratio, verdict }) => [
    name,
    `${digits(before)} ${unit}`,
    `${digits(after)} ${unit}`,
    ratio.toFixed(3),
    verdict,
  ]);
  const only = (a: Comparable, b: Comparable): number =>
    a.figures.filter(({ name }) => !b.figures.some((figure) => figure.name === name)).length;
  const missing = [only(before, after), only(after, before)];
  if (missing.some((count) => count > 0)) {
    notes.push(`Only in the first: ${missing[0]} figures, only in the second: ${missing[1]}`);
  }
  return [...notes, table(["", "before", "after", "ratio", ""], rows)].join("\n");
}
