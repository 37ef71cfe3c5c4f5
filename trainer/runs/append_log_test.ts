import { equal, match, throws } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { AppendLog } from "./append_log.ts";

const test = folderTests(ignoreWithout({ read: true, write: true }));

test("AppendLog says a full disk once, goes on, and closes the half line", (folder) => {
  const path = `${folder}/log`;
  const file = Deno.openSync(path, { append: true, create: true, read: true });
  let room = 6; // bytes left on the disk
  const full = Object.assign(file, {
    writeSync(bytes: Uint8Array): number {
      if (room === 0) throw new Error("No space left on device");
      const some = bytes.subarray(0, room);
      room -= some.length;
      return Deno.FsFile.prototype.writeSync.call(file, some);
    },
  });
  const said: unknown[] = [];
  const { error } = console;
  console.error = (text: unknown) => said.push(text);
  using log = new AppendLog(path, full);
  try {
    equal(log.line("one"), true);
    equal(log.line("two"), false);
    equal(log.line("three"), false);
    equal(log.lost, 2);
  } finally {
    console.error = error;
  }
  equal(said.length, 1);
  match(String(said[0]), /^Cannot log to ".*": No space left on device; training goes on$/);
  room = 100;
  equal(log.line("four"), true);
  equal(Deno.readTextFileSync(path), "one\ntw\nfour\n");
});

test("AppendLog refuses a file that another process writes", (folder) => {
  using _first = new AppendLog(`${folder}/a`);
  throws(() => new AppendLog(`${folder}/a`), /Cannot write ".*" as another process writes it/);
});
