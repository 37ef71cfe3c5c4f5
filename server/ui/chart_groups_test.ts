import { deepEqual, equal } from "node:assert/strict";
import { groupScalars } from "./chart_groups.ts";
import { smooth, table } from "./curves.ts";
import { number, span } from "./format.ts";

const NAMES = [
  "time/step",
  "optim/lr",
  "valid/rooms/median/absRel",
  "valid/rooms/affine/absRel",
  "valid/rooms street/affine/delta1",
  "valid/panoramas/pseudo",
  "loss/pseudo",
  "loss/labeled",
  "loss/total",
  "grad/norm",
  "memory",
];

Deno.test("groupScalars() draws losses first, then held-out figures of one alignment", () => {
  const groups = groupScalars(NAMES, "affine");
  deepEqual(groups.map(({ title }) => title), [
    "Loss",
    "Held-out AbsRel",
    "Held-out δ1",
    "Pseudo-label loss on fixed views",
    "memory",
    "Learning rate",
    "Gradient norm",
    "Seconds a step",
  ]);
  deepEqual(groups[0]!.curves.map(({ label }) => label), ["total", "labeled", "pseudo"]);
  deepEqual(groups[1]!.curves, [
    { name: "valid/rooms/affine/absRel", label: "rooms", part: false },
  ]);
});

Deno.test("groupScalars() puts a set before its parts and calls them by their own names", () => {
  const names = ["rooms-attic", "other", "rooms", "rooms-street"].map((set) => `valid/${set}/seam`);
  const [group] = groupScalars(names, "affine");
  deepEqual(group!.curves.map(({ label, part }) => [label, part]), [
    ["other", false],
    ["rooms", false],
    ["attic", true],
    ["street", true],
  ]);
});

Deno.test("groupScalars() shows the other alignment when asked", () => {
  const names = groupScalars(NAMES, "median").flatMap(({ curves }) => curves.map((c) => c.name));
  equal(names.includes("valid/rooms/median/absRel"), true);
  equal(names.includes("valid/rooms/affine/absRel"), false);
});

Deno.test("table() joins curves of different steps and leaves gaps for what is not finite", () => {
  const a = { steps: [1, 2, 3], values: [10, NaN, 30] };
  const b = { steps: [2, 4], values: [5, 6] };
  deepEqual(table([a, b]), [[1, 2, 3, 4], [10, null, 30, null], [null, 5, null, 6]]);
});

Deno.test("smooth() keeps a constant and its gaps, from the first point on", () => {
  const values = smooth([2, null, 2, 2]);
  deepEqual(values.map((v) => v === null ? null : Number(v.toFixed(9))), [2, null, 2, 2]);
});

Deno.test("number() and span() read well", () => {
  deepEqual(
    [0, 0.123456, 1e-5, 1.5e7, 1000, NaN, null, undefined].map(number),
    ["0", "0.1235", "1e-5", "1.5e7", "1000", "NaN", "–", "–"],
  );
  deepEqual(
    [0, 59_999, 60_000, 12_000_000, 190_800_000].map(span),
    ["0 s", "60 s", "1 min", "3 h 20 min", "2 d 5 h"],
  );
});
