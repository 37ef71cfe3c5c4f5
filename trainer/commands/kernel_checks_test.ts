import { deepEqual, equal, match } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";
import { checkKernels, type KernelCheck, TapParser, verdict } from "./kernel_checks.ts";

const REPORT = `TAP version 14
# ./trainer/kernels/add_test.ts
ok 1 - add() is right
ok 2 - add() equals PyTorch (skipped: not here) # SKIP
# ./trainer/kernels/elu_test.ts
# Subtest: elu() in steps
    not ok 1 - inner
      ---
      {"message":"Error: y[3] is 1,\\n expected 2\\n    at file:///x.ts:1:101","severity":"fail"}
      ...
    1..1
not ok 3 - elu() in steps
  ---
  {"message":"1 test step failed.","severity":"fail"}
  ...
not ok 4 - elu() of NaN
  ---
  {"message":"RangeError: Cannot x\\n  throw new RangeError();\\n        ^\\n    at file:///x.ts:2:30","severity":"fail"}
  ...
1..4`;

Deno.test("TapParser tells kernels, checks and why they failed", () => {
  const seen: string[] = [];
  const parser = new TapParser(({ kernel }) => seen.push(kernel));
  for (const line of REPORT.split("\n")) parser.line(line);
  deepEqual(
    parser.end(),
    [
      { kernel: "add", passed: 1, skipped: 1, wrong: [] },
      {
        kernel: "elu",
        passed: 0,
        skipped: 0,
        wrong: [
          { check: "elu() in steps", message: "Error: y[3] is 1,\n expected 2" },
          { check: "elu() of NaN", message: "RangeError: Cannot x" },
        ],
      },
    ] satisfies KernelCheck[],
  );
  deepEqual(seen, ["add", "elu"]);
  equal(parser.complete, true);
});

Deno.test("TapParser knows a report that breaks off", () => {
  const parser = new TapParser(() => {});
  for (const line of REPORT.split("\n").slice(0, 3)) parser.line(line);
  equal(parser.complete, false);
  equal(parser.last, "add() is right");
});

Deno.test("verdict() calls a kernel right only if something was checked and nothing was wrong", () => {
  const of = (passed: number, skipped: number, wrong: number, broke?: string) => {
    const check = { kernel: "elu", passed, skipped, wrong: Array(wrong).fill({}) };
    return verdict("elu", { kernels: [check], ...broke === undefined ? {} : { broke } });
  };
  deepEqual(of(3, 1, 0), { right: true, text: "elu is right: 3 checks" });
  deepEqual(of(2, 1, 1), { right: false, text: "elu is WRONG: 1 of 3 checks" });
  deepEqual(of(2, 0, 0, "the checks ended"), {
    right: false,
    text: "elu is WRONG: the checks ended",
  });
  deepEqual(of(0, 4, 0), {
    right: false,
    text: "elu was not checked: all of its 4 checks need something that is not here",
  });
  deepEqual(verdict("elu", { kernels: [] }), {
    right: false,
    text: "elu was not checked: it has no checks",
  });
});

const need = ignoreWithout({ read: true, write: true, run: true });

Deno.test({
  name: "checkKernels() runs a kernel's checks on this adapter" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const { kernels, broke } = await checkKernels(() => {}, ["trainer/kernels/add_test.ts"]);
    equal(broke, undefined);
    deepEqual(kernels.map(({ kernel, wrong }) => [kernel, wrong.length]), [["add", 0]]);
  },
});

Deno.test({
  name: "checkKernels() finds a wrong kernel and a process that breaks down" + need.suffix,
  ignore: need.ignore,
  async fn() {
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    const file = (name: string, body: string): string => {
      Deno.writeTextFileSync(
        `${folder}/${name}_test.ts`,
        `Deno.test("is right", () => {${body}})`,
      );
      return `${folder}/${name}_test.ts`;
    };
    const { kernels } = await checkKernels(() => {}, [
      file("elu", `throw new Error("y[0] is 1")`),
    ]);
    deepEqual(kernels[0]!.wrong, [{ check: "is right", message: "Error: y[0] is 1" }]);
    const fatal = await checkKernels(() => {}, [file("fatal", "Deno.kill(Deno.pid, 'SIGKILL')")]);
    match(fatal.broke ?? "", /^the checks ended with code \d+ after "the start"$/);
  },
});
