import { deepEqual, equal } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { loadConfig } from "./load.ts";
import { resolveConfig } from "./resolve.ts";

const test = folderTests(ignoreWithout({ read: true, write: true, env: true }));

test("loadConfig() takes the configuration of a run, and flags above it", async (folder) => {
  const config = resolveConfig({ preset: "smoke", set: ["seed=7"] });
  const path = `${folder}/config.json`;
  await Deno.writeTextFile(path, JSON.stringify({ name: "a", created: "2026-01-01", config }));
  deepEqual(await loadConfig(path, { preset: "embedded" }), config);
  equal((await loadConfig(path, { preset: "embedded", flags: { steps: 3 } })).steps, 3);
});
