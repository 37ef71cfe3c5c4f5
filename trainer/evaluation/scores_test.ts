import { deepEqual, equal, match, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { protocol } from "./metrics_protocol.ts";
import { ScoreSheet, scoreTable, scoreValues } from "./scores.ts";

const rules = protocol("paper", 10);
const distance = [1, 2, 4, 8];

/** A prediction of disparity that is right but for scale and shift. */
const fitted = { kind: "disparity", prediction: distance.map((d) => 3 / d + 5), distance } as const;
/** The same everywhere. */
const flat = { kind: "disparity", prediction: [1, 1, 1, 1], distance } as const;

Deno.test("ScoreSheet means image by image, in both alignments and for the constant prediction", () => {
  const sheet = new ScoreSheet();
  sheet.add("living", fitted, rules);
  sheet.add("living", flat, rules);
  sheet.add("street", flat, rules);
  const { living, street, all } = sheet.scores();
  deepEqual([living!.images, street!.images, all!.images], [2, 1, 3]);
  const constant = (1 + 0 + 0.5 + 0.75) / 4; // lower median of the truth: 2 m
  const values = [street!.constant, street!.affine, street!.median, living!.affine, all!.affine]
    .map(({ absRel }) => absRel);
  const want = [constant, constant, constant, constant / 2, constant * 2 / 3];
  assertClose(values, want, { atol: 1e-9, name: "AbsRel" });
  equal(living!.affine.delta1, (1 + 1 / 4) / 2);
});

Deno.test("ScoreSheet leaves out images without a valid pixel, and says when none is left", () => {
  const sheet = new ScoreSheet();
  sheet.add("living", { ...flat, mask: [0, 0, 0, 0] }, rules);
  throws(() => sheet.scores(), /Cannot score: no image has a valid pixel/);
  sheet.add("living", fitted, rules);
  equal(sheet.scores().all!.images, 1);
});

Deno.test("scoreValues() names figures by set, group, alignment and metric", () => {
  const sheet = new ScoreSheet();
  sheet.add("living", flat, rules);
  const values = scoreValues("rooms", sheet.scores());
  deepEqual(Object.keys(values).sort(), [
    ...["absRel", "delta1"].map((metric) => `valid/rooms-living/affine/${metric}`),
    ...["absRel", "delta1"].map((metric) => `valid/rooms-living/median/${metric}`),
    ...["absRel", "delta1", "delta2", "delta3"].map((metric) => `valid/rooms/affine/${metric}`),
    ...["absRel", "delta1", "delta2", "delta3"].map((metric) => `valid/rooms/median/${metric}`),
  ]);
  equal(values["valid/rooms/median/absRel"], 0.5625);
});

Deno.test("scoreTable() has a row a group and alignment, and lines up", () => {
  const sheets = [flat, fitted].map((sample) => {
    const sheet = new ScoreSheet();
    sheet.add("living", sample, rules);
    return sheet.scores();
  });
  const table = scoreTable([["before", sheets[0]!], ["after", sheets[1]!]]);
  const lines = table.split("\n");
  equal(lines.length, 5);
  match(lines[0]!, /alignment +constant AbsRel +δ1 +before AbsRel .*after AbsRel/);
  match(lines[2]!, /^ +affine +0\.563 .* 0\.000 +1\.000 +1\.000 +1\.000$/);
  match(lines[3]!, /^all +median +0\.563 /);
  equal(new Set(lines.map((line) => [...line].length)).size, 1);
  const released = scoreTable([["after", sheets[1]!]], "affine").split("\n");
  match(released[1]!, /^living +affine +0\.563 /);
  match(released[2]!, /^ +median /);
});
