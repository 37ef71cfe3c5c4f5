import { deepEqual, equal, ok } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { mergeYaws, rollColumns, yawColumns } from "./yaw_average.ts";

Deno.test("yawColumns() begins with none and spreads the turns", () => {
  deepEqual(yawColumns(1, 128), [0]);
  deepEqual(yawColumns(2, 128), [0, 64]);
  const many = yawColumns(8, 1024).sort((a, b) => a - b);
  const gaps = many.map((at, i) => (many[i + 1] ?? 1024) - at);
  ok(Math.max(...gaps) < 2.7 * Math.min(...gaps), `${gaps}`);
});

Deno.test("rollColumns() wraps to the right and back", () => {
  const map = Float32Array.of(0, 1, 2, 3, 10, 11, 12, 13);
  deepEqual(rollColumns(map, 4, 1), Float32Array.of(3, 0, 1, 2, 13, 10, 11, 12));
  deepEqual(rollColumns(rollColumns(map, 4, 3), 4, -3), map);
  deepEqual(rollColumns(map, 4, 0), map);
});

Deno.test("mergeYaws() leaves one map alone and agrees with maps that agree", () => {
  const map = Float32Array.from({ length: 64 }, (_, i) => i % 7);
  equal(mergeYaws([map], [0], 32), map);
  assertClose(mergeYaws([map, map, map], yawColumns(3, 32), 32), map);
});

for (const count of [2, 3, 5]) {
  Deno.test(`mergeYaws() closes the seams of ${count} maps that do not agree with themselves`, () => {
    const width = 512;
    const columns = yawColumns(count, width);
    // each sees a slope from -1 to 1 over its own columns, so jumps by 2 at its own seam
    const slope = Float32Array.from({ length: width }, (_, x) => 2 * x / (width - 1) - 1);
    const maps = columns.map((by) => rollColumns(slope, width, -by));
    const merged = mergeYaws(maps, columns, width);
    const jumps = Array.from(merged, (v, x) => Math.abs(v - merged[(x + 1) % width]!));
    ok(Math.max(...jumps) < 0.03, `${Math.max(...jumps)}`);
  });
}
