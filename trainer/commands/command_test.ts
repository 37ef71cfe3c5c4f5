import { deepEqual, equal, match, throws } from "node:assert/strict";
import { type Command, execute, UsageError, wholeNumber } from "./command.ts";

const options = { steps: { type: "string" }, set: { type: "string", multiple: true } } as const;

/** Exit code of a command, and what it said. */
async function outcome(
  args: readonly string[],
  more: Partial<Command<typeof options>> = {},
): Promise<{ code: number; out: string; err: string; seen: unknown[] }> {
  const said = { out: "", err: "", seen: [] as unknown[] };
  const { log, error } = console;
  console.log = (text: string) => said.out += text;
  console.error = (text: string) => said.err += text;
  try {
    const code = await execute({
      help: "How to call it",
      options,
      run(values, positionals) {
        said.seen = [values.steps, values.set, positionals];
        return Promise.resolve(0);
      },
      ...more,
    }, args);
    return { code, ...said };
  } finally {
    Object.assign(console, { log, error });
  }
}

Deno.test("execute() hands parsed arguments to the command and gives its exit code", async () => {
  const { code, seen } = await outcome(["--steps", "3", "--set", "a=1", "--set", "b=2"]);
  deepEqual([code, seen], [0, ["3", ["a=1", "b=2"], []]]);
  deepEqual((await outcome(["--steps", "-3"])).seen[0], "-3"); // the command says what it expects
  equal((await outcome([], { run: () => Promise.resolve(1) })).code, 1);
});

Deno.test("execute() prints the help to stdout, whatever else is asked", async () => {
  const { code, out, seen } = await outcome(["--unknown", "--help"]);
  deepEqual([code, out, seen], [0, "How to call it", []]);
  equal((await outcome(["-h"])).out, "How to call it");
});

Deno.test("execute() answers wrong usage with exit code 2 and the way to the help", async () => {
  for (const args of [["--unknown"], ["--steps"], ["stray"]]) {
    const { code, out, err, seen } = await outcome(args);
    deepEqual([code, out, seen], [2, "", []]);
    match(err, /unknown|--steps|stray/);
    match(err, /--help shows how to call this command$/);
  }
  const refused = { run: () => Promise.reject(new UsageError("--steps is too many")) };
  const { code, err } = await outcome([], refused);
  deepEqual([code, err], [2, "--steps is too many"]);
});

Deno.test("execute() answers a failure with exit code 1 and its message, without a stack", async () => {
  const { code, err } = await outcome([], { run: () => Promise.reject(new Error("No disk")) });
  deepEqual([code, err], [1, "No disk"]);
});

Deno.test("execute() leaves Deno's advice on permissions away", async () => {
  const text =
    'Cannot write "/a": Requires all access to "/a", run again with the --allow-all flag';
  const { code, err } = await outcome([], { run: () => Promise.reject(new Error(text)) });
  deepEqual([code, err], [1, 'Cannot write "/a": this command has no access to "/a"']);
});

Deno.test("wholeNumber() takes whole numbers of at least the least, and names the option otherwise", () => {
  equal(wholeNumber("steps", "12", 1), 12);
  equal(wholeNumber("seed", "0"), 0);
  throws(() => wholeNumber("seed", ""), UsageError); // --seed= with nothing behind it
  for (const text of ["", "1.5", "-1", "many", "1e400"]) {
    throws(
      () => wholeNumber("steps", text, 1),
      new RegExp(`--steps is "${text}": expected a whole`),
    );
  }
});
