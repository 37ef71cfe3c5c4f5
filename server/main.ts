/** `deno task serve`: parses arguments and serves. */
import { parseArgs } from "node:util";
import { asCalled } from "@depth-anywhere/trainer/as_called";
import { goWhereCalled } from "@depth-anywhere/trainer/working_folder";
import { serve } from "./serve.ts";

const help = `Show training runs in a browser, live.

Usage: deno task serve [--runs DIR] [--host HOST] [--port PORT]

  --runs DIR    folder of run folders (default: runs); it may come into being later
  --host HOST   address to listen on (default: 127.0.0.1, this machine only;
                0.0.0.0 lets other machines in: everything shown is then public)
  --port PORT   port to listen on (default: 8360; 0 takes a free one)
  --help        this text

Examples:
  deno task serve
  deno task serve --host 0.0.0.0 --port 9000     watch from a phone`;

function parse(): { runs: string; host: string; port: number; help: boolean } {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "runs" },
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "8360" },
      help: { type: "boolean", default: false, short: "h" },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(`Cannot use --port ${values.port}: expected a number from 0 to 65535`);
  }
  return { ...values, port };
}

let options: ReturnType<typeof parse>;
try {
  options = parse();
} catch (error) {
  console.error(asCalled(`${(error as Error).message}\nSee: deno task serve --help`));
  Deno.exit(2);
}
if (options.help) {
  console.log(asCalled(help));
} else {
  try {
    goWhereCalled();
    await serve(options);
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}
