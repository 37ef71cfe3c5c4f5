import { deepEqual } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { smokeRecord } from "../../tests/helpers/run_folder.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { RunClaim } from "./run_name.ts";
import { runNames } from "./run_reader.ts";
import { RunWriter } from "./run_writer.ts";

const test = folderTests(ignoreWithout({ read: true, write: true }));

test("RunClaim takes a free name, and gives it back where no run began", async (folder) => {
  const now = new Date(2026, 10, 3, 4, 5);
  const name = `${folder}/runs/unifuse-2026-11-03-0405`;
  {
    using first = RunClaim.take(`${folder}/runs`, "unifuse", now);
    using second = RunClaim.take(`${folder}/runs`, "unifuse", now);
    deepEqual([first.folder, second.folder], [name, `${name}-2`]);
    using _run = await RunWriter.create(second.folder, await smokeRecord("b"));
  }
  deepEqual(await runNames(`${folder}/runs`), ["unifuse-2026-11-03-0405-2"]);
  deepEqual([...Deno.readDirSync(`${folder}/runs`)].length, 1);
});
