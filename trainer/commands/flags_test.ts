import { deepEqual, equal } from "node:assert/strict";
import { parseArgs } from "node:util";
import { flagError, withNegativeNumbers } from "./flags.ts";

const options = { steps: { type: "string" }, json: { type: "boolean" } } as const;

Deno.test("withNegativeNumbers() joins a number below zero to a flag that takes a value, and nothing else", () => {
  const joined = (...args: string[]) => withNegativeNumbers(args, options);
  deepEqual(joined("--steps", "-5", "a"), ["--steps=-5", "a"]);
  deepEqual(joined("--steps", "-.5"), ["--steps=-.5"]);
  for (const args of [["--json", "-5"], ["--steps", "--json"], ["--steps=1", "-5"], ["-5"]]) {
    deepEqual(joined(...args), args);
  }
  deepEqual(joined("--", "--steps", "-5"), ["--", "--steps", "-5"]);
});

Deno.test("flagError() says in one sentence what is wrong with a flag, and names the nearest one", () => {
  const said = (...args: string[]): string => {
    try {
      parseArgs({ args, options, allowPositionals: true });
    } catch (error) {
      return flagError(error as Error, options);
    }
    return "";
  };
  equal(said("--stepps", "3"), "There is no flag --stepps: did you mean --steps?");
  equal(said("--jsno"), "There is no flag --jsno: did you mean --json?");
  equal(said("--step", "3"), "There is no flag --step: did you mean --steps?");
  equal(said("--steps-of", "3"), "There is no flag --steps-of: did you mean --steps?");
  equal(said("-step"), "There is no flag -s"); // as letters: -s -t -e -p
  equal(said("--bogus=3"), "There is no flag --bogus");
  equal(said("-x"), "There is no flag -x");
  equal(said("--steps"), "--steps is given without its value");
  equal(said("--steps", "--json"), "--steps is given without its value");
  equal(said("--json=1"), "--json takes no value");
});
