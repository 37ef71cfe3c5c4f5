import { deepEqual, match } from "node:assert/strict";
import { FileCount, predictJson, resultText } from "./predict_report.ts";

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
