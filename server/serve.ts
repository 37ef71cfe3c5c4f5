/** Listens until it is stopped. */
import { createApp } from "./app.ts";
import { isLoopback } from "./host_guard.ts";
import { buildPage } from "./page.ts";

/**
 * Serves the runs below a folder, which may come into being later.
 *
 * @param options `port` 0 takes a free one; `signal` ends the server
 * @returns when the server has ended
 * @throws {Error} when the address cannot be listened on, or `runs` is no folder
 */
export async function serve(
  options: { runs: string; host: string; port: number; signal?: AbortSignal },
): Promise<void> {
  const { runs, host, port, signal } = options;
  const found = await Deno.stat(runs).catch(() => undefined);
  if (found && !found.isDirectory) {
    throw new Error(`Cannot serve the runs in "${runs}" as it is no folder: give one with --runs`);
  }
  const app = createApp({ runs, page: await buildPage(), local: isLoopback(host) });
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve({
      hostname: host,
      port,
      ...(signal ? { signal } : {}),
      onListen: (address) => {
        if (!found) {
          console.error(`There is no folder "${runs}" yet: its runs are shown once it is there`);
        }
        console.log(`Watch the runs in ${runs} at ${shownUrl(address)}`);
      },
    }, app.fetch);
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      throw new Error(
        `Cannot serve on ${host}:${port} as the port is in use: stop what listens there, ` +
          `or choose another with --port`,
        { cause: error },
      );
    }
    throw new Error(`Cannot serve on ${host}:${port}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  await server.finished;
}

function shownUrl({ hostname, port }: Deno.NetAddr): string {
  const everywhere = hostname === "0.0.0.0" || hostname === "::";
  const name = everywhere ? "localhost" : hostname.includes(":") ? `[${hostname}]` : hostname;
  return `http://${name}:${port}/`;
}
