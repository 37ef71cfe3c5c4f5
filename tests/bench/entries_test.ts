import { deepEqual } from "node:assert/strict";
import { ignoreWithout } from "../helpers/permissions.ts";
import { torchEntries } from "./entries.ts";

const need = ignoreWithout({ run: true });

Deno.test({
  name: "torchEntries() says where it looked for torch in vain" + need.suffix,
  ignore: need.ignore,
  async fn() {
    deepEqual(await torchEntries(["no-such-python", "true-but-false"]), [
      { name: "PyTorch CPU", absent: "no torch in no-such-python or true-but-false" },
    ]);
  },
});
