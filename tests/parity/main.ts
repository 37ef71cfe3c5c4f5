/** `deno task parity`: checks this project against reference numbers. */
import { execute, UsageError, wholeNumber } from "../../trainer/commands/command.ts";
import { DEFAULT_REFERENCE } from "./reference.ts";
import { runParity } from "./run.ts";

const help = `Checks this project against reference numbers.

Usage: deno task parity [FOLDER] [--topic N]...

  FOLDER     folder of reference numbers (default ../shared/reference, beside the checkout)
  --topic N  only this topic; may be repeated
  --help     this text

The numbers are not part of the repository: they are what the released PyTorch code answers. A folder of them holds a folder a topic, NN_name such as 01_grids, each with

  case.json  {"cases": [{"id": "…", "files": {"key": ["name.npy", [shape]]}, …}]}: the settings of each case, its
             scalar results, and which arrays are its inputs and results
  *.npy      those arrays: version 1, float32, C order

The file of a topic in tests/parity/topics says which fields and arrays it reads, tests/parity/fill_rule.ts how the
weights of its networks are made from a seed.

Prints a line per case with its largest error, the tolerance and pass or FAIL.
Exit code: 0 all passed, 1 a case failed, 2 wrong usage or folder.

Examples:
  deno task parity
  deno task parity ../other-reference --topic 4 --topic 5`;

const options = { topic: { type: "string", multiple: true } } as const;

const code = await execute({
  help,
  options,
  positionals: true,
  async run({ topic }, positionals) {
    if (positionals.length > 1) throw new UsageError("Cannot check more than one folder");
    const topics = topic?.map((text) => wholeNumber("topic", text, 1));
    const root = positionals[0] ?? DEFAULT_REFERENCE;
    const tally = runParity(root, (line) => console.log(line), topics);
    const { passed, failed } = await tally.catch((error) => { // of the folder: what a topic throws is a failed case
      throw new UsageError((error as Error).message, { cause: error });
    });
    console.log(`${passed} passed, ${failed} failed`);
    return failed > 0 ? 1 : 0;
  },
}, Deno.args);
Deno.exit(code);
