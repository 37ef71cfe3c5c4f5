import { deepEqual, match } from "node:assert/strict";
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
    const say = (text) => Deno.stdout.writeSync(new TextEncoder().encode(text + "\\n"));
    if (${later}) signals.afterStep().onabort = () => say("aborted");
    say("ready");`;
}

/** Sends signals, those that stand together at once, each after a line of the process; @returns how it ended, what it said, what is left */
async function signalled(
  later: boolean,
  signals: Deno.Signal[][],
  before = "true", // what the shell does first
  echo: Deno.Signal[] = [], // sent as soon as the step is aborted
): Promise<{ code: number; lines: string; left: number }> {
  await using temporary = await temporaryFolder();
  const runs = `${temporary.path}/runs`;
  const child = new Deno.Command("sh", {
    args: ["-c", `${before}; exec "$0" "$@"`, Deno.execPath(), "eval", program(runs, later)],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let lines = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    lines += text;
    if (text.includes("aborted")) {
      for (const signal of echo) child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 700)); // what comes later is no echo
      lines += "later\n";
    }
    for (const signal of signals.shift() ?? []) child.kill(signal);
  }
  const { code } = await child.status;
  return { code, lines, left: [...Deno.readDirSync(runs)].length };
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test({
    name: `StopSignals: ${signal} takes a claimed folder away before a run begins` + need.suffix,
    ignore: need.ignore || !posix,
    async fn() {
      const end = await signalled(false, [[signal]]);
      deepEqual([end.code, end.left], [code, 0]);
    },
  });

  Deno.test({
    name: `StopSignals: ${signal} lets a step be finished, and Ctrl-C after it ends the process` +
      need.suffix,
    ignore: need.ignore || !posix,
    async fn() {
      const again = signal === "SIGINT" ? [] : [signal]; // changes nothing
      const end = await signalled(true, [[signal], [...again, "SIGINT"]]);
      match(end.lines, /^ready\naborted\nlater\n$/);
      deepEqual([end.code, end.left], [130, 1]);
    },
  });
}

Deno.test({
  name: "StopSignals takes a Ctrl-C that comes twice, as through deno task, for one" + need.suffix,
  ignore: need.ignore || !posix,
  async fn() {
    const end = await signalled(true, [["SIGINT"], ["SIGTERM", "SIGINT"]], "true", ["SIGINT"]);
    match(end.lines, /^ready\naborted\nlater\n$/); // it lived on
    deepEqual([end.code, end.left], [130, 1]);
  },
});

Deno.test({
  name: "StopSignals leaves SIGHUP ignored where it is, as under nohup" + need.suffix,
  ignore: need.ignore || Deno.build.os !== "linux",
  async fn() {
    const end = await signalled(false, [["SIGHUP", "SIGTERM"]], "trap '' HUP");
    deepEqual([end.code, end.left], [143, 0]);
  },
});
