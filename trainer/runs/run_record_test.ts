import { equal } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { smokeRecord } from "../../tests/helpers/run_folder.ts";

const need = ignoreWithout({ read: true });

Deno.test({
  name: "describeRun() takes the versions of packages from where they are pinned" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const { versions } = await smokeRecord("a");
    const pins: Record<string, string> =
      JSON.parse(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url))).imports;
    for (const name of ["onnxruntime-web", "sharp", "three"]) {
      equal(`npm:${name}@${versions[name]}`, pins[name]);
    }
    equal(versions.deno, Deno.version.deno);
  },
});
