/**
 * A result on disk: written after every section, so that a bench that is cut off keeps what it has measured, and added to
 * by later benches of other sections.
 *
 * @module
 */
import { z } from "zod";
import { writeFileAtomic } from "../../trainer/formats/atomic_file.ts";
import type { Machine } from "./machine.ts";
import { type BenchResult, resultFormat } from "./result.ts";

const head = z.object({
  format: z.literal(resultFormat),
  quick: z.boolean(),
  machine: z.looseObject({ adapter: z.string(), cores: z.number() }),
  sections: z.looseObject({}),
  broken: z.looseObject({}),
  occasions: z.looseObject({}),
});

/**
 * The result that a bench adds to; `undefined` where there is no such file.
 *
 * @throws SyntaxError for a file that holds no result of this format
 * @throws RangeError for a result of other sizes or of another machine: its figures do not go with new ones
 */
export async function readResult(
  path: string,
  { quick, machine }: { readonly quick: boolean; readonly machine: Machine },
): Promise<BenchResult | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new Error(`Cannot read "${path}", which --output adds to: ${(error as Error).message}`);
  }
  const other = (what: string): never => {
    throw new RangeError(
      `Cannot add to "${path}" as it is of ${what}: name another file, or remove it`,
    );
  };
  const known = parsed(text, path);
  if (known.quick !== quick) other(known.quick ? "--quick sizes" : "full sizes");
  const { adapter, cores } = known.machine;
  if (adapter !== machine.adapter) other(`adapter "${adapter}", not "${machine.adapter}"`);
  if (cores !== machine.cores) other(`${cores} cores, not ${machine.cores}`);
  return known;
}

function parsed(text: string, path: string): BenchResult {
  try {
    head.parse(JSON.parse(text));
  } catch (error) {
    const message = error instanceof z.ZodError
      ? error.issues[0]!.message
      : (error as Error).message;
    throw new SyntaxError(
      `Cannot add to "${path}": it holds no result of this bench (${message}); name another file, or remove it`,
    );
  }
  return JSON.parse(text) as BenchResult;
}

/** Write a result; a reader sees the one before or this one, whole. */
export async function writeResult(path: string, result: BenchResult): Promise<void> {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  await writeFileAtomic(path, new TextEncoder().encode(text));
}
