import { parseArgs } from "node:util";
import { DEFAULT_REFERENCE } from "./reference.ts";
import { runParity } from "./run.ts";

const HELP = `Checks this project against reference numbers.

Usage: deno task parity [FOLDER] [--topic N]...

  FOLDER     folder with topic folders such as 01_grids; default ../shared/reference
  --topic N  only this topic; may be repeated
  --help     this text

Prints a line per case with its largest error, the tolerance and pass or FAIL.
Exit code: 0 all passed, 1 a case failed, 2 wrong usage or folder.

Examples:
  deno task parity
  deno task parity ../other-reference --topic 4 --topic 5`;

try {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      topic: { type: "string", multiple: true },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(HELP);
    Deno.exit(0);
  }
  if (positionals.length > 1) throw new RangeError("Cannot check more than one folder");
  const topics = values.topic?.map(Number);
  if (topics?.some((n) => !Number.isInteger(n))) throw new RangeError("--topic wants a number");
  const root = positionals[0] ?? DEFAULT_REFERENCE;
  const { passed, failed } = await runParity(root, (line) => console.log(line), topics);
  console.log(`${passed} passed, ${failed} failed`);
  Deno.exit(failed > 0 ? 1 : 0);
} catch (error) {
  console.error((error as Error).message);
  Deno.exit(2);
}
