import { deepEqual, equal, match } from "node:assert/strict";
import { TeacherDownload } from "./teacher_download.ts";

/** A progress whose clock and output are here. */
function fake(terminal: boolean) {
  const out: string[] = [];
  const clock = { ms: 0 };
  const write = (text: string): void => void out.push(text);
  const progress = new TeacherDownload({ terminal, columns: () => 80, write, now: () => clock.ms });
  return { out, clock, progress };
}

Deno.test("TeacherDownload tells of a download now and then, not of every chunk, with the time that is left", () => {
  const { out, clock, progress } = fake(false);
  const total = 99_000_000;
  for (let received = 60_000; received <= total; received += 60_000) {
    clock.ms += 20;
    progress.downloaded({ path: "/cache/onnx/model.onnx", received, total });
  }
  progress[Symbol.dispose]();
  equal(out.length, 5); // of 1650 chunks in 33 s
  equal(out[0], "MB 0/99  0 %  model.onnx of the teacher\n");
  equal(out[1], "MB 30/99  30 %  23 s left  model.onnx of the teacher\n");
  equal(out[4], "MB 99/99  100 %  in 33 s  model.onnx of the teacher\n");
});

Deno.test("TeacherDownload begins a bar for each file, and ends the one before", () => {
  const { out, progress } = fake(true);
  progress.downloaded({ path: "/c/model.onnx", received: 1e6, total: 2e6 });
  progress.downloaded({ path: "/c/model.onnx_data", received: 5e6, total: undefined });
  progress[Symbol.dispose]();
  match(out[0]!, /█░.* {2}MB 1\/2 {2}50 % {2}model\.onnx of the teacher$/);
  deepEqual(out.slice(1), ["\n", "MB 5  model.onnx_data of the teacher", "\n"]);
});
