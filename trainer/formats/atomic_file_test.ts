import { deepEqual, equal, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";
import { writeFileAtomic } from "./atomic_file.ts";

const need = ignoreWithout({ read: true, write: true });

Deno.test({
  name: "writeFileAtomic() names the file on a full disk, and leaves it as it was" + need.suffix,
  ignore: need.ignore,
  async fn() {
    await using temporary = await temporaryFolder();
    const path = `${temporary.path}/a.txt`;
    await writeFileAtomic(path, new TextEncoder().encode("before"));
    const { write } = Deno.FsFile.prototype;
    let room = 3; // bytes left on the disk
    Deno.FsFile.prototype.write = function (bytes: Uint8Array) {
      if (room === 0) return Promise.reject(new Error("No space left on device (os error 28)"));
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
    deepEqual(Array.from(Deno.readDirSync(temporary.path), ({ name }) => name), ["a.txt"]);
  },
});
