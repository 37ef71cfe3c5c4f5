import { equal, match } from "node:assert/strict";
import { runDeno } from "./helpers/command.ts";
import { ignoreWithout } from "./helpers/permissions.ts";

const need = ignoreWithout({ read: true, run: true, env: true });
const DOCTOR = ["--allow-read", "--allow-run", "trainer/commands/doctor.ts"];

Deno.test({
  name: "doctor --help shows the flags and an example" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const { code, stdout } = await runDeno([...DOCTOR, "--help"]);
    equal(code, 0);
    match(stdout, /--check[\s\S]*--json[\s\S]*deno task doctor/);
  },
});

Deno.test({
  name: "doctor refuses unknown flags with exit code 2" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const { code, stderr } = await runDeno([...DOCTOR, "--chek"]);
    equal(code, 2);
    match(stderr, /--chek/);
  },
});
