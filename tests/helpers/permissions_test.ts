import { equal, match } from "node:assert/strict";
import { ignoreWithout } from "./permissions.ts";

Deno.test("ignoreWithout() runs a test that needs nothing", () => {
  equal(ignoreWithout({}).ignore, false);
  equal(ignoreWithout({ read: false }).suffix, "");
});

Deno.test({
  name: "ignoreWithout() names the permission that is missing",
  permissions: { read: false },
  fn() {
    const need = ignoreWithout({ read: true });
    equal(need.ignore, true);
    match(need.suffix, /^ \(skipped: needs --allow-read, as in -P=tests\)$/);
  },
});

const need = ignoreWithout({ read: true });
Deno.test({
  name: "ignoreWithout() names a file that is missing" + need.suffix,
  ignore: need.ignore,
  fn() {
    match(ignoreWithout({ paths: ["tests/no-such-file"] }).suffix, /no-such-file is not here/);
    equal(ignoreWithout({ paths: [new URL(import.meta.url)] }).ignore, false);
  },
});
