import { deepEqual, equal } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { MetricsCsv } from "./metrics_csv.ts";

const test = folderTests(ignoreWithout({ read: true, write: true }));

function rowsOf(path: string): string[] {
  return Deno.readTextFileSync(path).trimEnd().split("\n");
}

test("MetricsCsv puts rows that come late where their step belongs, new columns too", (folder) => {
  const path = `${folder}/metrics.csv`;
  using metrics = new MetricsCsv(path);
  equal(metrics.first, undefined);
  for (const step of [10, 20]) metrics.row(step, step, { loss: step / 10 });
  equal(metrics.first, 10);
  metrics.row(0, 30, { error: 7 });
  metrics.row(30, 40, { loss: 3 });
  metrics.row(10, 50, { loss: 9 }); // replaces
  deepEqual(rowsOf(path), [
    "step,time,loss,error",
    "0,30,,7",
    "10,50,9,",
    "20,20,2,",
    "30,40,3,",
  ]);
  equal(metrics.first, 0);
});

test("MetricsCsv of a resume knows which rows there are", (folder) => {
  const path = `${folder}/metrics.csv`;
  {
    using metrics = new MetricsCsv(path);
    for (const step of [1, 2, 3]) metrics.row(step, step, { loss: step });
  }
  using metrics = new MetricsCsv(path, 2);
  equal(metrics.first, 1);
  metrics.row(0, 9, { loss: 0 });
  metrics.row(3, 9, { loss: 4 });
  deepEqual(rowsOf(path).map((row) => row.split(",")[0]), ["step", "0", "1", "2", "3"]);
});

test("MetricsCsv takes a late row where the later ones are lost", (folder) => {
  const path = `${folder}/metrics.csv`;
  using metrics = new MetricsCsv(path);
  metrics.row(10, 10, { loss: 1 });
  Deno.writeTextFileSync(path, "step,time,loss\n");
  metrics.row(0, 20, { loss: 2 });
  deepEqual(rowsOf(path), ["step,time,loss", "0,20,2"]);
});
