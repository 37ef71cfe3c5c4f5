import { deepEqual } from "node:assert/strict";
import { FileCount } from "./predict_report.ts";

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
