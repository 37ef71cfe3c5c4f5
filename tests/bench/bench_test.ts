import { deepEqual, equal, match, ok } from "node:assert/strict";
import { runDeno } from "../helpers/command.ts";
import { ignoreWithout } from "../helpers/permissions.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import type { BenchResult } from "./result.ts";

const need = ignoreWithout({ read: true, write: true, run: true, env: true, ffi: true, sys: true });
const BENCH = ["-A", "tests/bench/main.ts"];

Deno.test({
  name: "bench refuses wrong arguments with exit code 2 and says what it wants" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const cases: [string[], RegExp][] = [
      [["--only", "everything"], /--only is "everything": the sections are rates, convolutions/],
      [["--rounds", "0"], /--rounds is "0": expected a whole number of at least 1/],
      [["--compare", "a.json"], /--compare needs two results, got 1/],
      [["a.json"], /Unexpected argument "a.json"/],
      [["--fast"], /--fast/],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await runDeno([...BENCH, ...args]);
      equal(code, 2, args.join(" "));
      match(stderr, message);
      equal(stdout, "");
    }
  },
});

Deno.test({
  name: "bench --compare fails where a result cannot be read" + need.suffix,
  ignore: need.ignore,
  async fn() {
    await using folder = await temporaryFolder();
    const missing = `${folder.path}/missing.json`;
    const { code, stderr } = await runDeno([...BENCH, "--compare", missing, missing]);
    equal(code, 1);
    match(stderr, /Cannot read result ".*missing.json"/);
  },
});

Deno.test({
  name: "bench --quick measures a step, its kernels and a contest, and compares with itself" +
    need.suffix,
  ignore: need.ignore,
  async fn() {
    await using folder = await temporaryFolder();
    const path = `${folder.path}/a.json`;
    const bench = [...BENCH, "--quick", "--rounds", "1", "--output", path, "--json"];
    const begun = await runDeno([...bench, "--only", "rates"]);
    equal(begun.code, 0, begun.stderr);
    deepEqual(Object.keys((JSON.parse(begun.stdout) as BenchResult).sections), ["rates"]);
    const { code, stdout, stderr } = await runDeno(
      [...bench, "--only", "convolutions", "--only", "step"],
    );
    equal(code, 0, stderr);
    deepEqual(JSON.parse(stdout), JSON.parse(await Deno.readTextFile(path)));
    const result = JSON.parse(stdout) as BenchResult;
    const { sections, machine, claims, figures, occasions } = result;
    deepEqual(Object.keys(sections).sort(), ["convolutions", "rates", "step"]);
    deepEqual(Object.keys(occasions).sort(), ["convolutions", "rates", "step"]);
    for (const { started, ended } of Object.values(occasions)) ok(started < ended);
    deepEqual(result.broken, {});
    ok(machine.adapter && machine.cores > 0);

    const { step, convolutions, rates } = sections;
    ok(step!.gflop > 0 && step!.gpuMemory > step!.planBytes && step!.peakMemory > step!.gpuMemory);
    deepEqual(Object.keys(step!.parts), [
      "labelled data (rendering)",
      "unlabelled data (loading)",
      "faces and teacher",
      "forward",
      "backward",
      "update",
      "readback of the scalars",
    ]);
    for (const { seconds } of Object.values(step!.parts)) ok(seconds.min > 0);
    ok(
      step!.kernels.some(({ kernel, gflops }) => kernel === "conv2d weight gradient" && gflops > 0),
    );
    ok(Math.abs(step!.kernels.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-6);
    for (const { rate } of Object.values(rates!.convolutions[0]!.rates)) ok(rate > 0);
    const [contest] = convolutions!;
    const [first, ...peers] = contest!.standings;
    equal(first!.name, "this project");
    deepEqual(peers.slice(0, 3).map(({ name }) => name), ["tfjs-webgpu", "jax-js", "PyTorch CPU"]);
    for (const { name, skipped, error } of peers) {
      if (name.startsWith("PyTorch") && skipped) match(skipped, /no torch in python3/);
      else ok(error! < 1e-5, `${name}: ${skipped ?? error}`);
    }
    ok(figures.length > 20 && claims.every(({ met }) => met === undefined));
    ok(claims.some(({ measured }) => measured.endsWith(" GFLOP/s")));

    const compared = await runDeno([...BENCH, "--compare", path, path, "--json"]);
    equal(compared.code, 0);
    const changes = JSON.parse(compared.stdout) as { ratio: number }[];
    equal(changes.length, figures.length);
    ok(changes.every(({ ratio }) => ratio === 1));
  },
});
