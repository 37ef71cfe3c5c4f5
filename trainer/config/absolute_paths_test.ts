import { deepEqual } from "node:assert/strict";
import { resolve } from "node:path";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { withAbsolutePaths } from "./absolute_paths.ts";
import { resolveConfig } from "./resolve.ts";

const need = ignoreWithout({ read: true });

Deno.test({
  name: "withAbsolutePaths() names files and folders wherever the user stands, and leaves names" +
    need.suffix,
  ignore: need.ignore,
  async fn() {
    const { labeled, unlabeled, teacher, student } = await withAbsolutePaths(resolveConfig({
      preset: "smoke",
      flags: {
        labeled: ["rooms@style=hall"],
        unlabeled: ["panoramas", "folder:a b@masks=../m"],
        teacher: { model: "deno.json" }, // any file that is there
        student: { init: "builtin" },
      },
    }));
    deepEqual(
      [labeled, unlabeled, teacher.model, student.init],
      [
        ["rooms@style=hall"],
        ["panoramas", `folder:${resolve("a b")}@masks=${resolve("../m")}`],
        resolve("deno.json"),
        "builtin",
      ],
    );
  },
});
