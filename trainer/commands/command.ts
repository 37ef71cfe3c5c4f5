/**
 * What all commands share: arguments, help, and the exit codes 0 done, 1 failed, 2 wrong usage.
 *
 * @module
 */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { asCalled } from "../as_called.ts";
import { goWhereCalled } from "../working_folder.ts";
import { flagError, withNegativeNumbers } from "./flags.ts";

/** The user called the command wrongly: exit code 2. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** A command. `run` gets the parsed arguments and gives the exit code. */
export interface Command<O extends Options> {
  readonly help: string;
  readonly options: O;
  readonly positionals?: boolean;
  run(
    values: ReturnType<
      typeof parseArgs<{ options: O; strict: true; allowPositionals: true }>
    >["values"],
    positionals: string[],
  ): Promise<number>;
}

/**
 * Parse, run and give the exit code; errors go to stderr as one message without a stack.
 *
 * @param args as in `Deno.args`
 */
export async function execute<O extends Options>(
  command: Command<O>,
  args: readonly string[],
): Promise<number> {
  try {
    if (args.includes("--help") || args.includes("-h")) {
      console.log(asCalled(command.help));
      return 0;
    }
    let parsed;
    try {
      parsed = parseArgs({
        args: withNegativeNumbers(args, command.options),
        options: command.options,
        strict: true,
        allowPositionals: true,
      });
      if (!command.positionals && parsed.positionals.length > 0) {
        throw new UsageError(`Unexpected argument "${parsed.positionals[0]}"`);
      }
    } catch (error) {
      const reason = flagError(error as Error, command.options);
      throw new UsageError(`${reason}; --help shows how to call this command`);
    }
    goWhereCalled();
    return await command.run(parsed.values as Parameters<Command<O>["run"]>[0], parsed.positionals);
  } catch (error) {
    console.error(asCalled(withoutDeno((error as Error).message)));
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Without Deno's advice on its own flags, which the caller of a task does not give. */
export function withoutDeno(message: string): string {
  const refused = /Requires \w+ access to (.+?), run again with the --allow-\S+ flag/g;
  return message.replace(refused, (_, what) => `this command has no access to ${what}`);
}

/**
 * A whole number given as text.
 *
 * @throws UsageError naming the option
 */
export function wholeNumber(option: string, text: string, least = 0, most = Infinity): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    const range = most < Infinity ? `from ${least} to ${most}` : `of at least ${least}`;
    throw new UsageError(`--${option} is "${text}": expected a whole number ${range}`);
  }
  return value;
}
