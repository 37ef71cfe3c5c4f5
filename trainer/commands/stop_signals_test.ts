import { deepEqual, equal, match } from "node:assert/strict";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";

const posix = Deno.build.os !== "windows";
const need = ignoreWithout({ read: true, write: true, run: true });

/** A command that has claimed a folder; with `later` it has begun its steps. */
function program(runs: string, later: boolean): string {
  const path = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
  return `import { StopSignals } from ${path("stop_signals.ts")};
    import { RunClaim } from ${path("../runs/run_name.ts")};
    const signals = new StopSignals(() => claim[Symbol.dispose]());
    const claim = RunClaim.take(${JSON.stringify(runs)}, "unifuse");
    setInterval(() => {}, 1000);
    if (${later}) signals.afterStep().onabort = () => console.log("aborted");
    console.log("ready");`;
}

/** Sends signals, each once the one before was answered by a line; @returns how it ended, what it said, what is left */
async function signalled(
  later: boolean,
  ...signals: Deno.Signal[]
): Promise<{ code: number; signal: string | null; lines: string; left: number }> {
  await using temporary = await temporaryFolder();
  const runs = `${temporary.path}/runs`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", program(runs, later)],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let lines = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    lines += text;
    const signal = signals.shift();
    if (signal) child.kill(signal);
  }
  const { code, signal } = await child.status;
  return { code, signal, lines, left: [...Deno.readDirSync(runs)].length };
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test({
    name: `StopSignals: ${signal} takes a claimed folder away before a run begins` + need.suffix,
    ignore: need.ignore || !posix,
    async fn() {
      const end = await signalled(false, signal);
      deepEqual([end.code, end.signal, end.left], [code, null, 0]);
    },
  });

  Deno.test({
    name: `StopSignals: ${signal} lets a step be finished, and a second one ends the process` +
      need.suffix,
    ignore: need.ignore || !posix,
    async fn() {
      const end = await signalled(true, signal, signal);
      match(end.lines, /^ready\naborted\n$/);
      deepEqual([end.signal, end.left], [signal, 1]);
      equal(end.code, code);
    },
  });
}
