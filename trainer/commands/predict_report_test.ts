import { deepEqual, doesNotMatch, match } from "node:assert/strict";
import { FileCount, predictIntroduction, predictJson, resultText } from "./predict_report.ts";

Deno.test("FileCount counts a frame once, in the pass that it fails in or after the last", () => {
  const count = new FileCount(2);
  const after = (path: string, reason?: string): number[] => {
    count.add({ path, ...(reason === undefined ? {} : { reason }) });
    return [count.done, count.failed];
  };
  deepEqual(after("a"), [0.5, 0]);
  deepEqual(after("b", "it is empty"), [1.5, 1]);
  deepEqual(after("c"), [2, 1]);
  deepEqual(after("a"), [2.5, 1]);
  deepEqual(after("c", "its size is 2x1"), [3, 2]);
});

Deno.test("Reasons of failures come without Deno's advice on permissions", () => {
  const reason = 'Cannot read it: Requires all access to "/a", run again with the --allow-all flag';
  const failed = [{ path: "p", reason, written: [], seconds: 0 }];
  const said = 'Cannot read it: this command has no access to "/a"';
  match(resultText(failed), new RegExp(`^failed {6}p: ${said}$`, "m"));
  deepEqual(JSON.parse(predictJson(failed)).failed, [{ path: "p", reason: said }]);
});

Deno.test("predictIntroduction() warns of a height far from the one that was trained at", () => {
  const said = (height: number, trained?: number): string =>
    predictIntroduction(
      { name: "llvmpipe", kind: "cpu" } as never,
      { path: "a", student: { name: "unifuse" }, options: { width: 1 }, height: trained } as never,
      { height, bytes: 0 } as never,
      { rotations: 1, outputs: ["color"], scale: {} } as never,
    );
  match(said(512, 64), /^warning {5}it was trained at 64x128: .* Leave --height away/m);
  match(said(64, 256), /^warning {5}it was trained at 256x512/m);
  for (const [height, trained] of [[128, 64], [64, 64], [512, undefined]] as const) {
    doesNotMatch(said(height, trained), /warning/);
  }
});
