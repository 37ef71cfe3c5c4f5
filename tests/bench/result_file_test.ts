import { deepEqual, equal, rejects } from "node:assert/strict";
import { ignoreWithout } from "../helpers/permissions.ts";
import { folderTests } from "../helpers/temporary_folder.ts";
import type { Machine } from "./machine.ts";
import { type BenchResult, resultFormat } from "./result.ts";
import { readResult, writeResult } from "./result_file.ts";

const test = folderTests(ignoreWithout({ read: true, write: true }));

const machine: Machine = {
  adapter: "llvmpipe",
  kind: "cpu",
  subgroups: true,
  cpu: "a processor",
  cores: 2,
  os: "linux",
  deno: "2.9.6",
  versions: {},
};

const result: BenchResult = {
  format: resultFormat,
  quick: false,
  machine,
  sections: { rates: { peak: 50, convolutions: [] } },
  broken: { memory: "no memory" },
  occasions: {},
  figures: [],
  claims: [],
};

test("readResult() gives what was written, and nothing where there is no file", async (folder) => {
  const path = `${folder}/a.json`;
  equal(await readResult(path, { quick: false, machine }), undefined);
  await writeResult(path, result);
  deepEqual(await readResult(path, { quick: false, machine }), result);
});

test("readResult() refuses what new figures do not go with, by its name", async (folder) => {
  const path = `${folder}/a.json`;
  await writeResult(path, result);
  const cases: [boolean, Machine, RegExp][] = [
    [true, machine, /Cannot add to ".*a.json" as it is of full sizes: name another file/],
    [false, { ...machine, adapter: "a GPU" }, /as it is of adapter "llvmpipe", not "a GPU"/],
    [false, { ...machine, cores: 8 }, /as it is of 2 cores, not 8/],
  ];
  for (const [quick, machine, message] of cases) {
    await rejects(readResult(path, { quick, machine }), message);
  }
  for (const text of ["{", "{}", JSON.stringify({ ...result, format: 1 })]) {
    await Deno.writeTextFile(path, text);
    await rejects(
      readResult(path, { quick: false, machine }),
      /^SyntaxError: Cannot add to ".*a.json": it holds no result of this bench \(/,
    );
  }
});
