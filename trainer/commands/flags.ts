/**
 * What Node's `parseArgs()` leaves to its caller: numbers below zero, and answers that a user understands.
 *
 * @module
 */
import type { ParseArgsConfig } from "node:util";
import { editDistance } from "../edit_distance.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Arguments in which a number below zero is its flag's value, as in `--shift -0.5`; `parseArgs()` takes it for a flag. */
export function withNegativeNumbers(args: readonly string[], options: Options): string[] {
  const joined: string[] = [];
  for (const [i, text] of args.entries()) {
    if (text === "--") return [...joined, ...args.slice(i)];
    const flag = joined.at(-1) ?? "";
    const takesValue = flag.startsWith("--") && options[flag.slice(2)]?.type === "string";
    if (takesValue && /^-\.?\d/.test(text)) joined[joined.length - 1] = `${flag}=${text}`;
    else joined.push(text);
  }
  return joined;
}

/** What is wrong with the arguments, in one sentence. @param error of `parseArgs()` */
export function flagError(error: Error, options: Options): string {
  const [, flag = ""] = /'(--?[^\s'<]+)/.exec(error.message) ?? [];
  const { code } = error as { code?: string };
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    const near = nearest(flag.replace(/^-+/, ""), Object.keys(options));
    return `There is no flag ${flag}${near === undefined ? "" : `: did you mean --${near}?`}`;
  }
  const valued = options[flag.slice(2)]?.type === "string";
  if (code === "ERR_PARSE_ARGS_INVALID_OPTION_VALUE" && flag !== "") {
    return valued ? `${flag} is given without its value` : `${flag} takes no value`;
  }
  return error.message;
}

/** The name that differs by least: one or two letters, or one of them begins with the other. */
function nearest(meant: string, names: readonly string[]): string | undefined {
  const begins = (a: string, b: string): boolean => b.length > 2 && a.startsWith(b);
  const near = names.map((name) => ({
    name,
    distance: begins(name, meant) || begins(meant, name) ? 1 : editDistance(name, meant),
  })).filter(({ name, distance }) => distance <= Math.min(2, name.length / 2));
  return near.sort((a, b) => a.distance - b.distance)[0]?.name;
}
