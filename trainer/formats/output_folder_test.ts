import { deepEqual, rejects } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";
import { checkOutputFolder } from "./output_folder.ts";

const need = ignoreWithout({ read: true, write: true });

Deno.test({
  name: "checkOutputFolder() says why results could not be written, and leaves nothing" +
    need.suffix,
  ignore: need.ignore,
  async fn() {
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    await checkOutputFolder(folder);
    await checkOutputFolder(`${folder}/a/b`);
    deepEqual([...Deno.readDirSync(folder)], []);
    const file = `${folder}/notes.txt`;
    await Deno.writeTextFile(file, "");
    await rejects(
      checkOutputFolder(file),
      /^Error: Cannot write to ".*notes\.txt" as it is a file: name a folder$/,
    );
    await rejects(
      checkOutputFolder(`${file}/a`),
      /^Error: Cannot write to ".*notes\.txt\/a" as ".*\/notes\.txt" is a file$/,
    );
    const closed = Deno.makeTempFile; // root may write anywhere: a read-only disk is played
    Deno.makeTempFile = () => Promise.reject(new Error("Read-only file system (os error 30)"));
    try {
      await rejects(
        checkOutputFolder(`${folder}/a`),
        /^Error: Cannot write to ".*\/a" as "\/.*" takes no files: Read-only file system/,
      );
    } finally {
      Deno.makeTempFile = closed;
    }
    const { stat } = Deno;
    Deno.stat = () => Promise.reject(new Deno.errors.NotCapable("Requires all access to it"));
    try {
      await rejects(
        checkOutputFolder(`${folder}/a`),
        /^Error: Cannot write to ".*\/a": Requires all access to it$/,
      );
    } finally {
      Deno.stat = stat;
    }
  },
});
