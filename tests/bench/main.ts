/**
 * `deno task bench`: how fast training and inference are, and how fast others are at the same.
 *
 * @module
 */
import { execute, UsageError, wholeNumber } from "../../trainer/commands/command.ts";
import { changes, checkComparable, comparisonText, parseResult } from "./compare.ts";
import { runBench } from "./run_bench.ts";
import { reportText } from "./report.ts";
import type { SectionName } from "./result.ts";
import { sections } from "./sections.ts";

const names = Object.keys(sections) as SectionName[];

const help = `Measures this project, and its peers side by side with it.

Usage: deno task bench [--quick] [--only SECTION]... [--rounds N] [--output FILE] [--json]
       deno task bench --compare A.json B.json [--json]

  --quick         small sizes, about two minutes; the whole bench takes about 14 minutes on two cores
  --only SECTION  leave the others out; repeatable
  --rounds N      turns of each contestant (default 5, with --quick 2); slow contests end sooner, after 2
  --output FILE   write the result after every section; sections that the file has and this bench has not stay in it
  --compare       two results: figures side by side, and whether their ranges are apart
  --json          print the result as JSON
  --help          this text

Sections:
  rates         convolutions on one core: GFLOP/s of the three passes by CPU time
  convolutions  a convolution with both gradients: tfjs-webgpu, jax-js, PyTorch CPU
  training      a training step of UniFuse's equirectangular half: the same; of UniFuse: PyTorch CPU
  inference     that half as ONNX: onnxruntime-web in wasm threads and on WebGPU, PyTorch CPU
  step          a whole joint training step, its parts and its kernels
  starts        start-up and first step with a cold and a warm shader cache (Mesa)
  memory        peak memory of one step at 512x1024, with and without --recompute
  growth        cost against height, batch and width
  feed          what a simulated GPU waits for data: a folder of JPEGs, cold, and in a later run

Peers run in processes of their own, compute in turns with this project, and are timed only if they compute the same.
PyTorch takes part where python3 has torch and numpy. Where its gradients differ by more than 1e-3, as ReLUs with inputs
near 0 are open on one side only, it computes once more with this project's choice, and must then be within 1e-4. Ratios are taken within a round; ranges are from the least to the most.

Exit code: 0 measured, 1 a section broke down, 2 wrong usage.

Examples:
  deno task bench --quick
  deno task bench --only training --only inference
  deno task bench --output after.json
  deno task bench --only memory --output after.json
  deno task bench --compare before.json after.json`;

const options = {
  quick: { type: "boolean" },
  only: { type: "string", multiple: true },
  rounds: { type: "string" },
  output: { type: "string" },
  compare: { type: "boolean" },
  json: { type: "boolean" },
} as const;

interface Arguments {
  readonly quick?: boolean;
  readonly only?: string[];
  readonly rounds?: string;
  readonly output?: string;
  readonly compare?: boolean;
  readonly json?: boolean;
}

async function compare(paths: readonly string[], json: boolean): Promise<number> {
  if (paths.length !== 2) {
    throw new UsageError(
      `--compare needs two results, got ${paths.length}: deno task bench --compare A.json B.json`,
    );
  }
  const [before, after] = await Promise.all(
    paths.map(async (path) => parseResult(await read(path), path)),
  );
  checkComparable(before!, after!);
  console.log(
    json ? JSON.stringify(changes(before!, after!), null, 2) : comparisonText(before!, after!),
  );
  return 0;
}

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new Error(`Cannot read result "${path}": ${(error as Error).message}`);
  }
}

function chosen(only: readonly string[] | undefined): SectionName[] {
  for (const name of only ?? []) {
    if (!names.includes(name as SectionName)) {
      throw new UsageError(`--only is "${name}": the sections are ${names.join(", ")}`);
    }
  }
  return names.filter((name) => !only || only.includes(name));
}

if (import.meta.main) {
  const command = {
    help,
    options,
    positionals: true,
    async run(values: Arguments, positionals: string[]): Promise<number> {
      const { quick = false, only, rounds, output, json = false } = values;
      if (values.compare) return await compare(positionals, json);
      if (positionals.length > 0) throw new UsageError(`Unexpected argument "${positionals[0]}"`);
      const names = chosen(only);
      const result = await runBench({
        quick,
        names,
        output,
        rounds: rounds === undefined ? quick ? 2 : 5 : wholeNumber("rounds", rounds, 1),
        say: (text) => console.error(text),
      });
      console.log(json ? JSON.stringify(result, null, 2) : reportText(result));
      return names.some((name) => result.broken[name] !== undefined) ? 1 : 0;
    },
  };
  Deno.exit(await execute(command, Deno.args));
}
