import { deepEqual, equal, match, ok } from "node:assert/strict";
import { testGpu } from "./helpers/run_op.ts";
import { runDeno, taskWords } from "./helpers/command.ts";
import { ignoreWithout } from "./helpers/permissions.ts";
import { kernelNames } from "../trainer/commands/kernel_checks.ts";
import { passes, timeCase } from "../trainer/commands/kernel_timing.ts";
import { kernelCases } from "../trainer/kernels/cases.ts";
import { Graph } from "../trainer/gpu/graph.ts";
import { ParameterStore } from "../trainer/gpu/parameters.ts";

const need = ignoreWithout({ read: true, run: true, env: true });
const KERNEL = ["--allow-read", "--allow-run", "trainer/commands/kernel.ts"];

Deno.test({
  name: "kernel refuses an unknown name with exit code 2 and lists those it knows" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const { code, stderr } = await runDeno([...KERNEL, "convolution"]);
    equal(code, 2);
    match(
      stderr,
      /"convolution"[\s\S]*conv2d, conv2d_activation, conv2d_choice, conv2d_moments, conv2d_norm, conv2d_tile_choice, conv2d_tile_table, count_valid, cube_disparity, cube_taps, .*elu/,
    );
  },
});

Deno.test({
  name: "a command that was called through denow prints commands that can be called so" +
    need.suffix,
  ignore: need.ignore,
  async fn() {
    const task = taskWords("kernel");
    const { stdout } = await runDeno([...task, "--help"], { DENOW: "./denow" });
    match(stdout, /^ {2}\.\/denow task kernel conv2d$/m);
    const help = (await runDeno([...task, "--help"])).stdout;
    match(help, /^ {2}deno task kernel conv2d$/m);
    const untimed = kernelNames().filter((name) => !Object.hasOwn(kernelCases, name));
    ok(untimed.includes("count_valid") && !untimed.includes("adam"));
    ok(help.includes(`are checked only: ${untimed.join(", ")}\n`));
  },
});

Deno.test({
  name: "kernel checks a kernel that is not timed by itself, and says so" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const { code, stdout, stderr } = await runDeno([...KERNEL, "count_valid"]);
    equal(code, 0, stderr);
    match(stdout, /^count_valid is right: \d+ checks\ncount_valid is not timed by itself\n$/);
  },
});

Deno.test({
  name: "every kernel that has a twin or is timed has checks, so that the command knows it" +
    need.suffix,
  ignore: need.ignore,
  fn() {
    const files = Deno.readDirSync(new URL("../trainer/kernels/", import.meta.url));
    const twins = Array.from(files, ({ name }) => /^(.+)_reference\.ts$/.exec(name)?.[1])
      .filter((stem) => stem !== undefined);
    ok(twins.length > 20);
    deepEqual(twins.filter((name) => !kernelNames().includes(name)), []);
    deepEqual(Object.keys(kernelCases).filter((name) => !kernelNames().includes(name)), []);
  },
});

Deno.test({
  name: "every kernel that is timed can be recorded with its gradients" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const gpu = await testGpu();
    for (const [name, cases] of Object.entries(kernelCases)) {
      for (const { record, sizes } of cases) {
        const graph = new Graph(gpu, new ParameterStore(gpu), "train");
        const y = record(graph);
        if (typeof y === "function") continue; // it follows the gradients
        ok(y.requiresGradient, `${name} ${sizes}`);
        graph.differentiateFrom([{ tensor: y, gradient: graph.input("dy", y.shape) }]);
      }
    }
  },
});

Deno.test("timeCase() gives time, rates and a share of the peak for each dispatch", async () => {
  const peaks = { gflops: 1e6, gigabytes: 1e6 };
  const gpu = await testGpu();
  const rows = await timeCase(gpu, peaks, kernelCases.linear![0]!);
  match(rows[0]!.label, /conv2d forward/);
  ok(rows.length >= 3, "forward, weight gradient and input gradient");
  for (const { milliseconds, gigabytes, share, clock } of rows) {
    ok(milliseconds > 0 && gigabytes > 0 && share > 0 && share < 1);
    if (gpu.timestamps) equal(clock, "timestamps");
  }
});

Deno.test("timeCase() times an update of the weights, which has no gradients", async () => {
  const peaks = { gflops: 1e6, gigabytes: 1e6 };
  const rows = await timeCase(await testGpu(), peaks, kernelCases.adam![0]!);
  const labels = ["gradient_norm sum_squares", "gradient_norm finish", "adam update"];
  deepEqual(rows.map(({ label }) => label), labels);
});

Deno.test("passes() sums the dispatches of a pass, so that its operations are over all of its time", () => {
  const peaks = { gflops: 10, gigabytes: 100 };
  const row = (label: string, milliseconds: number, gflops = 0, gigabytes = 1) => {
    const executed = gflops / 3; // as by Winograd's tiles
    const share = Math.max(executed / peaks.gflops, gigabytes / peaks.gigabytes);
    return { label, milliseconds, gflops, executed, gigabytes, share };
  };
  const rows = [
    row("conv2d forward w source", 1),
    row("conv2d forward w", 2, 30),
    row("conv2d forward w result", 1),
    row("conv2d forward w2", 1, 5),
    row("conv2d bias gradient b", 1, 0, 2),
    row("conv2d bias gradient b", 3, 0, 6),
  ];
  const [forward, other, bias] = passes(rows, peaks);
  deepEqual(forward, {
    rows: rows.slice(0, 3),
    sum: {
      label: "conv2d forward w",
      milliseconds: 4,
      gflops: 15,
      executed: 5,
      gigabytes: 1,
      share: 0.5,
    },
  });
  deepEqual(other, { rows: [rows[3]] });
  deepEqual(bias!.sum, {
    label: "conv2d bias gradient b",
    milliseconds: 4,
    gflops: 0,
    executed: 0,
    gigabytes: 5,
    share: 0.05,
  });
});

Deno.test({
  name: "rowText() says why a share is above 100 %" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const { rowText } = await import("../trainer/commands/kernel.ts");
    const row = { label: "adam update", milliseconds: 1, gflops: 30, executed: 9, gigabytes: 1 };
    match(rowText({ ...row, share: 0.9 }), / 30\.0 GFLOP\/s +1\.0 GB\/s +90 %$/);
    match(
      rowText({ ...row, gflops: 0, executed: 0, gigabytes: 150, share: 1.5 }),
      / 150 % cached$/,
    );
  },
});
