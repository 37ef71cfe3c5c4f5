import { deepEqual, equal, match, throws } from "node:assert/strict";
import {
  changes,
  checkComparable,
  type Comparable,
  comparisonText,
  parseResult,
} from "./compare.ts";
import type { Figure } from "./figures.ts";
import { resultFormat } from "./result.ts";

function figure(name: string, range: [number, number, number], better: Figure["better"]): Figure {
  const [min, median, max] = range;
  return { name, unit: better === "less" ? "s" : "GFLOP/s", better, min, median, max };
}

function result(figures: Figure[], adapter = "llvmpipe", quick = false): Comparable {
  return { quick, machine: { adapter, cores: 2 }, figures };
}

Deno.test("changes() calls a figure better or worse only where the ranges are apart", () => {
  const before = result([
    figure("step", [9, 10, 11], "less"),
    figure("rate", [9, 10, 11], "more"),
    figure("noisy", [1, 10, 20], "less"),
    figure("once", [5, 5, 5], "less"),
    figure("slower", [1, 2, 3], "less"),
  ]);
  const after = result([
    figure("step", [4, 5, 6], "less"),
    figure("rate", [4, 5, 6], "more"),
    figure("noisy", [2, 5, 9], "less"),
    figure("once", [4, 4, 4], "less"),
    figure("slower", [4, 8, 9], "less"),
    figure("new", [1, 1, 2], "less"),
  ]);
  deepEqual(
    changes(before, after).map(({ name, ratio, verdict }) => [name, ratio, verdict]),
    [
      ["step", 0.5, "better"],
      ["rate", 0.5, "worse"],
      ["noisy", 0.5, "within the range"],
      ["once", 0.8, "one measurement"],
      ["slower", 4, "worse"],
    ],
  );
});

Deno.test("comparisonText() says what makes two results hard to compare", () => {
  const before = result([figure("step", [9, 10, 11], "less")]);
  const after = result([figure("other", [9, 10, 11], "less")], "a GPU");
  const text = comparisonText(before, after);
  match(text, /^Adapters differ: llvmpipe and a GPU/);
  match(text, /Only in the first: 1 figures, only in the second: 1/);
  const other = { ...before, machine: { adapter: "llvmpipe", cores: 8 } };
  match(comparisonText(before, other), /Cores differ: 2 and 8/);
});

Deno.test("checkComparable() refuses small sizes beside full ones", () => {
  const [small, full] = [true, false].map((quick) => result([], "llvmpipe", quick));
  throws(
    () => checkComparable(full!, small!),
    /^Error: Cannot compare .*: the second is of --quick/,
  );
  throws(
    () => checkComparable(small!, full!),
    /the first is of --quick, of other sizes than the second/,
  );
  checkComparable(small!, small!);
});

Deno.test("parseResult() reads what a bench wrote and refuses anything else by its name", () => {
  const text = JSON.stringify({
    format: resultFormat,
    ...result([figure("step", [9, 10, 11], "less")]),
  });
  equal(parseResult(text, "a.json").figures.length, 1);
  throws(() => parseResult("{", "a.json"), /Cannot compare "a.json": it is not JSON/);
  throws(
    () => parseResult('{"format":1}', "b.json"),
    /Cannot compare "b.json": it was not written by this deno task bench \(format: another version/,
  );
});
