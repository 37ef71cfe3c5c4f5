/** `deno task kernel NAME`: is one kernel right on this machine, and how fast is it. */
import { openGpu } from "../gpu/device.ts";
import { measurePeaks } from "../gpu/peaks.ts";
import { clockWords } from "../gpu/timing.ts";
import { kernelCases } from "../kernels/cases.ts";
import type { KernelCase } from "../kernels/kernel_case.ts";
import { execute, UsageError } from "./command.ts";
import { checkKernels, kernelNames, verdict } from "./kernel_checks.ts";
import { passes, type Speed, timeCase } from "./kernel_timing.ts";

const names = kernelNames();
const untimed = names.filter((name) => !Object.hasOwn(kernelCases, name));

const help = `Checks one kernel against its plain twin, then times it.

Usage: deno task kernel NAME [--json]

  --json   print the result as JSON
  --help   this text

Names: ${names.join(", ")}

Of these have no case to be timed and are checked only: ${untimed.join(", ")}

For each dispatch: milliseconds of the best of several runs, GFLOP/s where arithmetic is counted, GB/s with every
tensor moved once, and a share of what the adapter does at most: the larger of operations done and bytes moved. Times are by the timestamps of the
GPU where it has some that are fine enough; the last line says so, or how else they were taken.

Dispatches are named by pass (forward, input gradient, weight gradient, bias gradient) and parameter (w, b). A pass of
several dispatches ends with their sum. A convolution by Winograd's tiles has the dispatches
  source, slope  tiles of the map, or of the output's gradient, to points
  points         the weight to points
  no word        products of the points; the operations of the whole pass are counted here
  result         points of the products back to pixels or weights
and others may have a "sum" of partial results. So the row of the products says more than it does, and the sum says the
effective rate: GFLOP/s are counted as a direct convolution's, whichever way it is done; the share is of those done.

Above 100 % tensors stay in the adapter's caches: "cached". The peaks are measured just before: on a busy machine they, and
so the shares, are off.

Exit code: 0 right, 1 wrong, failed or not checked, 2 wrong usage.

Examples:
  deno task kernel conv2d
  deno task kernel elu --json`;

const options = { json: { type: "boolean" } } as const;

/** A line of the table. */
export function rowText(
  { label, milliseconds, gflops, gigabytes, share }: Speed,
): string {
  return [
    `  ${label.padEnd(36)}`,
    `${milliseconds.toFixed(2).padStart(9)} ms`,
    `${(gflops > 0 ? gflops.toFixed(1) : "-").padStart(8)} GFLOP/s`,
    `${gigabytes.toFixed(1).padStart(7)} GB/s`,
    `${(100 * share).toFixed(0).padStart(4)} %${share > 1 ? " cached" : ""}`,
  ].join("");
}

/** Times of all cases of a kernel, said and as part of the report. */
async function timeCases(of: readonly KernelCase[], say: (text: string) => void) {
  const gpu = await openGpu();
  const peaks = await measurePeaks(gpu);
  say(
    `${gpu.name}: at most ${peaks.gflops.toFixed(0)} GFLOP/s, ${peaks.gigabytes.toFixed(1)} GB/s`,
  );
  const cases = [];
  for (const one of of) {
    say(one.sizes);
    const dispatches = await timeCase(gpu, peaks, one);
    const sums: Speed[] = [];
    for (const { rows, sum } of passes(dispatches, peaks)) {
      for (const row of rows) say(rowText(row));
      if (!sum) continue;
      sums.push(sum);
      say(rowText({ ...sum, label: `= ${sum.label}` }));
    }
    cases.push({ sizes: one.sizes, dispatches, passes: sums });
  }
  gpu.device.destroy();
  const clocks = new Set(cases.flatMap(({ dispatches }) => dispatches.map(({ clock }) => clock)));
  say(`Times are ${[...clocks].map((clock) => clockWords[clock]).join(", some ")}`);
  return { adapter: gpu.name, peaks, cases };
}

async function kernel(name: string, json: boolean): Promise<number> {
  const say = (text: string): void => json ? undefined : console.log(text);
  const checks = await checkKernels(() => {}, [`trainer/kernels/${name}_test.ts`]);
  const passed = checks.kernels.reduce((sum, kernel) => sum + kernel.passed, 0);
  const wrong = checks.kernels.flatMap((kernel) => kernel.wrong);
  for (const { check, message } of wrong) say(`  ${check}: ${message.replaceAll("\n", " ")}`);
  const { right, text } = verdict(name, checks);
  say(text);

  const of = Object.hasOwn(kernelCases, name) ? kernelCases[name]! : [];
  const timed = of.length > 0 ? await timeCases(of, say) : say(`${name} is not timed by itself`);
  if (json) {
    console.log(JSON.stringify({ kernel: name, right, passed, wrong, ...timed }, null, 2));
  }
  return right ? 0 : 1;
}

if (import.meta.main) {
  const command = {
    help,
    options,
    positionals: true,
    run({ json }: { json?: boolean }, positionals: string[]): Promise<number> {
      const [name, ...rest] = positionals;
      if (name === undefined || rest.length > 0 || !names.includes(name)) {
        const given = positionals.length > 0 ? `"${positionals.join(" ")}"` : "nothing";
        throw new UsageError(`Expected the name of one kernel, got ${given}: ${names.join(", ")}`);
      }
      return kernel(name, json ?? false);
    },
  };
  Deno.exit(await execute(command, Deno.args));
}
