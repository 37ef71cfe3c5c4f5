/**
 * A contestant in a process of its own: started, asked, closed. Nothing of one is in the memory, the threads or the
 * device of another.
 *
 * @module
 */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Reply, Request } from "./work.ts";

/** How a contestant is started: a program and its arguments. */
export type Start = readonly [program: string, ...args: string[]];

type Answer<K extends Reply["kind"]> = Extract<Reply, { kind: K }>;

/** Reply to each kind of request. */
const replies = { open: "opened", check: "checked", run: "ran", close: "closed" } as const;

/** How to start the TypeScript contestant of a name. */
export function typescript(name: string): Start {
  const file = fileURLToPath(new URL(`contestants/${name}.ts`, import.meta.url));
  return [Deno.execPath(), "run", "-A", file];
}

/**
 * How to start the peer of a name. Peers have packages that nothing else needs: they stand in a configuration and a
 * lock file of their own, since Deno downloads all packages of a lock file for whatever it runs.
 */
export function peer(name: string): Start {
  const path = (file: string): string => fileURLToPath(new URL(`peers/${file}`, import.meta.url));
  const config = `--config=${path("deno.json")}`;
  return [Deno.execPath(), "run", "-A", "--quiet", "--frozen", config, path(`${name}.ts`)];
}

/** How to start the Python one of a name. */
export function python(program: string, name: string): Start {
  return [program, fileURLToPath(new URL(`contestants/${name}.py`, import.meta.url))];
}

/** Set by `denow` for this project's memory; others would pay for it: PyTorch maps each tensor anew and takes twice its time. */
const settings = ["MALLOC_ARENA_MAX", "MALLOC_MMAP_THRESHOLD_"];

/** The environment as it is without `denow`, the same for all contestants. */
function environment(): Record<string, string> {
  const inherited = Object.entries(Deno.env.toObject());
  return Object.fromEntries(inherited.filter(([name]) => !settings.includes(name)));
}

/** See the module's text. */
export class ContestantProcess {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;
  readonly #errors: Promise<string>;

  constructor([program, ...args]: Start) {
    this.#child = new Deno.Command(program, {
      args,
      clearEnv: true,
      env: { ...environment(), NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    const input = Readable.fromWeb(this.#child.stdout as never);
    this.#lines = createInterface({ input })[Symbol.asyncIterator]();
    this.#errors = new Response(this.#child.stderr).text();
  }

  /**
   * Ask and wait for the answer. Lines that are no answers, such as a library's greetings, are passed over.
   *
   * @throws Error with the contestant's reason, or the end of what it wrote to stderr when it died
   */
  async ask<R extends Request>(request: R): Promise<Answer<typeof replies[R["kind"]]>> {
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`))
      .catch(() => {}); // it is dead: the end of its answers says so
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) {
        const text = (await this.#errors).trim().split("\n").slice(-3).join(" ");
        throw new Error(`The process ended at "${request.kind}": ${text || "it said nothing"}`);
      }
      if (!value.startsWith("{")) continue;
      const reply = JSON.parse(value) as Reply;
      if (reply.kind === "failed") throw new Error(reply.reason);
      return reply as Answer<typeof replies[R["kind"]]>;
    }
  }

  /** End it, politely; gives its largest memory, bytes, or `undefined` where it dies of it. */
  async close(): Promise<number | undefined> {
    const reply = await this.ask({ kind: "close" }).catch(() => undefined);
    await this.#child.status;
    return reply?.peakMemory;
  }

  /** End it whatever it does. */
  kill(): void {
    try {
      this.#child.kill();
    } catch {
      // ended already
    }
  }
}
