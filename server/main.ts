/** `deno task serve`: parses arguments and serves. */
import { execute, wholeNumber } from "@depth-anywhere/trainer/command";
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

const code = await execute({
  help,
  options: {
    runs: { type: "string", default: "runs" },
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "8360" },
  },
  async run({ runs, host, port }) {
    await serve({ runs, host, port: wholeNumber("port", port, 0, 65535) });
    return 0;
  },
}, Deno.args);
Deno.exit(code);
