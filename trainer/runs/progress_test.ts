import { deepEqual, equal, match, ok } from "node:assert/strict";
import { duration, Progress } from "./progress.ts";

/** A progress whose clock and output are here. */
function fake(total: number | undefined, terminal: boolean, columns = 80) {
  const out: string[] = [];
  const clock = { ms: 0 };
  const progress = new Progress(total, {
    terminal,
    columns: () => columns,
    write: (text) => out.push(text),
    now: () => clock.ms,
  });
  return { out, clock, progress };
}

Deno.test("Progress writes a plain line now and then when stderr is no terminal", () => {
  const { out, clock, progress } = fake(100, false);
  for (let step = 1; step <= 100; step++) {
    clock.ms = step * 1000;
    progress.update(step, `loss ${step}`);
  }
  progress[Symbol.dispose]();
  equal(out.length, 11);
  equal(out[0], "step 1/100  1 %  loss 1\n");
  equal(out[1], "step 11/100  11 %  1 min 29 s left  loss 11\n");
  equal(out.at(-1), "step 100/100  100 %  in 1 min 40 s  loss 100\n");
});

Deno.test("Progress leaves the slow first step out of the time that is left", () => {
  const { out, clock, progress } = fake(11, false);
  progress.update(0);
  clock.ms = 60_000; // compilation
  progress.update(1);
  clock.ms = 121_000;
  progress.update(2);
  match(out.at(-1)!, /9 min 09 s left/); // 61 s a step since the first
});

Deno.test("Progress redraws one bar on a terminal and keeps to its width", () => {
  const { out, clock, progress } = fake(10, true, 40);
  for (let step = 1; step <= 10; step++) {
    clock.ms = step * 200;
    progress.update(step, "loss 0.123456789012345678901234567890");
  }
  progress[Symbol.dispose]();
  ok(out.slice(1, 10).every((text) => text.startsWith("\r\x1b[2K")));
  // deno-lint-ignore no-control-regex
  ok(out.every((text) => text.replace(/\r\x1b\[2K/, "").length < 40));
  equal(out.at(-1), "\n");
});

Deno.test("Progress.log() writes above the bar", () => {
  const { out, progress } = fake(10, true);
  progress.update(1);
  progress.log("skipped a.jpg");
  equal(out[1], "\r\x1b[2Kskipped a.jpg\n");
  match(out[2]!, /step 1\/10/);
});

Deno.test("Progress tells a count without a total", () => {
  for (const terminal of [false, true]) {
    const { out, progress } = fake(undefined, terminal);
    progress.update(3.2, "of a file");
    progress[Symbol.dispose]();
    equal(out.join("").trim(), "step 3  of a file");
  }
});

Deno.test("duration() reads well", () => {
  deepEqual(
    [0, 4_400, 59_600, 200_000, 7_500_000, 200_000_000].map(duration),
    ["0 s", "4 s", "1 min 00 s", "3 min 20 s", "2 h 05 min", "2 d 7 h"],
  );
});
