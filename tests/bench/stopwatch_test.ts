import { deepEqual } from "node:assert/strict";
import { Stopwatch } from "./stopwatch.ts";

Deno.test("Stopwatch gives each phase its own time, without those inside it", async () => {
  let now = 0;
  const watch = new Stopwatch([() => now, () => 10 * now]);
  const inner = {
    count: (by: number): number => now += by,
    wait: async (by: number): Promise<number> => (await Promise.resolve(), now += by),
  };
  watch.watch(inner, "count", "counting");
  watch.watch(inner, "wait", "waiting");
  await watch.phase("feeding", async () => {
    now += 1;
    inner.count(2);
    now += 4;
    await inner.wait(8);
    now += 16;
  });
  now += 32; // between phases: nobody's
  inner.count(64);
  deepEqual([...watch.spent], [["feeding", [21, 210]], ["counting", [66, 660]], [
    "waiting",
    [8, 80],
  ]]);
  watch.reset();
  deepEqual([...watch.spent], []);
});
