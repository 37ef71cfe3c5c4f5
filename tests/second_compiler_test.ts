import { doesNotThrow, equal, ok, throws } from "node:assert/strict";
import { SecondCompiler } from "../trainer/gpu/second_compiler.ts";
import { runDeno } from "./helpers/command.ts";
import type { CompiledTwice } from "./helpers/compile_twice.ts";
import { ignoreWithout } from "./helpers/permissions.ts";
import { testGpu } from "./helpers/run_op.ts";
import { temporaryFolder } from "./helpers/temporary_folder.ts";

const need = ignoreWithout({ read: true, write: true, env: true, run: true });
const { name } = await testGpu();
const single = navigator.hardwareConcurrency === 1;
const other = single || !/llvmpipe/.test(name)
  ? ` (skipped: ${single ? "one core has no second thread" : `${name} is not llvmpipe`})`
  : "";

Deno.test({
  name: "What a second thread has compiled, the trainer's device finds in the driver's cache" +
    need.suffix + other,
  ignore: need.ignore || other !== "",
  async fn() {
    await using folder = await temporaryFolder();
    const env = {
      MESA_SHADER_CACHE_DIR: folder.path,
      MESA_SHADER_CACHE_DISABLE: "false",
      MESA_DISK_CACHE_MULTI_FILE: "true",
      MESA_DISK_CACHE_SINGLE_FILE: "false",
    };
    const args = ["-A", "tests/helpers/compile_twice.ts", folder.path];
    const { code, stdout, stderr } = await runDeno(args, env);
    equal(code, 0, stderr);
    const { shaders, first, then }: CompiledTwice = JSON.parse(stdout);
    ok(shaders > 10 && first >= shaders, `${first} of ${shaders} shaders are in the cache`);
    equal(then, first);
  },
});

Deno.test("A driver that compiles elsewhere gets no second thread", { ignore: single }, () => {
  const { Worker } = globalThis;
  globalThis.Worker = class {
    constructor() {
      throw new Error("a thread was started");
    }
  } as unknown as typeof Worker;
  try {
    doesNotThrow(() => new SecondCompiler({ name: "NVIDIA RTX", subgroups: true }));
    throws(() => new SecondCompiler({ name: "llvmpipe", subgroups: true }), /was started/);
  } finally {
    globalThis.Worker = Worker;
  }
});
