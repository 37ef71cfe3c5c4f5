import { deepEqual, equal, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import { writeFileAtomic } from "./atomic_file.ts";

const test = folderTests(ignoreWithout({ read: true, write: true }));

test("writeFileAtomic() names the file on a full disk, and leaves it as it was", async (folder) => {
  const path = `${folder}/a.txt`;
  await writeFileAtomic(path, new TextEncoder().encode("before"));
  const { write } = Deno.FsFile.prototype;
  let room = 3; // bytes left on the disk
  Deno.FsFile.prototype.write = function (bytes: Uint8Array) {
    if (room === 0) {
      const full = new Error("No space left on device (os error 28)");
      return Promise.reject(Object.assign(full, { code: "ENOSPC" }));
    }
    const some = bytes.subarray(0, room);
    room -= some.length;
    return write.call(this, some);
  };
  try {
    await rejects(
      writeFileAtomic(path, new TextEncoder().encode("after")),
      /^Error: Cannot write ".*\/a\.txt": No space left on device \(os error 28\)$/,
    );
  } finally {
    Deno.FsFile.prototype.write = write;
  }
  equal(await Deno.readTextFile(path), "before");
  deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["a.txt"]);
});

test("writeFileAtomic() names the file that it cannot write, and leaves nothing", async (folder) => {
  await Deno.mkdir(`${folder}/taken`);
  await Deno.writeTextFile(`${folder}/file`, "");
  const before = names(folder);
  await rejects(
    writeFileAtomic(`${folder}/taken`, new Uint8Array(3)),
    /^Error: Cannot write ".*\/taken": Is a directory/,
  );
  await rejects(
    writeFileAtomic(`${folder}/file/a.bin`, new Uint8Array(3)),
    /^Error: Cannot write ".*\/file\/a\.bin": /,
  );
  const chunks = function* (): Generator<Uint8Array> {
    yield new Uint8Array(3);
    throw new RangeError("too large a number");
  };
  await rejects(writeFileAtomic(`${folder}/b.bin`, chunks()), /^RangeError: too large a number$/);
  deepEqual(names(folder), before);
});

function names(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}
