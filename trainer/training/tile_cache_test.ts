import { deepEqual, equal, match, notEqual, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { readTiles, tileMachine, tilePath, writeTiles } from "./tile_cache.ts";

const test = folderTests(ignoreWithout({ read: true, write: true, sys: true }));

const tiles = { "forward 3x3 stride 1, 64 to 64 channels, 8192 pixels": "8x16x4" };

test("readTiles() gives what writeTiles() kept, on the same machine only", async (cache) => {
  const machine = await tileMachine(await testGpu(), "f32");
  const path = await tilePath(cache, machine);
  deepEqual(await readTiles(path, machine), { tiles: {} });
  await writeTiles(path, machine, tiles);
  deepEqual(await readTiles(path, machine), { tiles });
  notEqual(await tilePath(cache, await tileMachine(await testGpu(), "mixed")), path);
  const other = { ...machine, adapter: "another" };
  notEqual(await tilePath(cache, other), path);
  const read = await readTiles(path, other);
  deepEqual(read.tiles, {});
  match(read.ignored!, /^Ignored ".*\.json" as its adapter is ".*", here it is "another"; tiles/);
});

test("readTiles() ignores a file that is broken, and says why", async (cache) => {
  const machine = await tileMachine(await testGpu(), "f32");
  const path = `${cache}/tiles.json`;
  const said = async (text: string): Promise<string | undefined> => {
    await Deno.writeTextFile(path, text);
    const read = await readTiles(path, machine);
    deepEqual(read.tiles, {});
    return read.ignored;
  };
  match((await said("{"))!, /as it is not JSON: /);
  for (const value of [null, [], { machine }, { machine, tiles: { a: 1 } }]) {
    match((await said(JSON.stringify(value)))!, /as it does not hold what this program writes/);
  }
  const less = await said(JSON.stringify({ machine: { name: machine.name }, tiles }));
  match(less!, /as its adapter is "undefined"/);
  const folder = await readTiles(cache, machine);
  match(folder.ignored!, /as it cannot be read: /);
});

test("writeTiles() leaves nothing behind where it cannot write", async (cache) => {
  const machine = await tileMachine(await testGpu(), "f32");
  await Deno.writeTextFile(`${cache}/file`, "");
  await rejects(writeTiles(`${cache}/file/tiles.json`, machine, tiles), /Cannot write ".*"/);
  equal([...Deno.readDirSync(cache)].length, 1);
});
