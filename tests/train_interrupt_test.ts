import { deepEqual, equal, match, ok } from "node:assert/strict";
import { latestCheckpoint, RunReader } from "../trainer/runs/run_reader.ts";
import {
  ignoreWithoutTraining,
  readLosses,
  tinyFlags,
  type Workspace,
  workspaceTests,
} from "./helpers/tiny_training.ts";
import { ROOT } from "./helpers/command.ts";
import { denoArguments, runTrain, startTrain } from "./helpers/train_command.ts";

const test = workspaceTests(ignoreWithoutTraining({ run: true }));

/** Starts a training, signals it once its run folder tells of `steps` steps, and waits for its end. */
async function interrupted(
  args: readonly string[],
  folder: string,
  steps: number,
  signal: Deno.Signal,
  entry?: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = startTrain(args, entry);
  const output = child.output();
  let ended = false;
  output.then(() => ended = true);
  while (!ended && (await readLosses(folder)).length < steps) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (!ended) child.kill(signal);
  const { code, stdout, stderr } = await output;
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** How a run stands, as its folder tells. */
async function stateOf(folder: string): Promise<string> {
  const reader = new RunReader(folder);
  await reader.refresh();
  return reader.history.state;
}

/** Arguments of a training that would take hours. */
function endless(workspace: Workspace, folder: string): string[] {
  const set = ["checkpoint.every=5", "logging.every=1", "optim.schedule=cosine"];
  const flags = [...tinyFlags(workspace, set), "--student", "tiny", "--steps", "100000"];
  return [...flags, "--out", folder];
}

test("Ctrl-C ends a training after its step, kill -9 at once; both can be resumed, and all losses are the same to the bit", async (workspace) => {
  const [stopped, killed] = [`${workspace.folder}/stopped`, `${workspace.folder}/killed`];
  const gentle = await interrupted(endless(workspace, stopped), stopped, 7, "SIGINT");
  equal(gentle.code, 0, gentle.stderr);
  match(gentle.stderr, /Stopping; what is done is saved first\. Press Ctrl-C again to end at once/);
  const { step } = await latestCheckpoint(stopped);
  const before = await readLosses(stopped);
  equal(step, before.length); // nothing is lost
  match(
    gentle.stdout,
    new RegExp(
      `^Stopped at step ${step}; go on with: deno task train --resume ${stopped}\n` +
        `run folder +${stopped}\ncheckpoint +${stopped}/checkpoints/step-\\d+\\.safetensors\n$`,
    ),
  );
  equal(await stateOf(stopped), "stopped");

  await interrupted(endless(workspace, killed), killed, 12, "SIGKILL");
  const seen = await readLosses(killed);
  const kept = await latestCheckpoint(killed);
  ok(kept.step >= seen.length - 5, `${kept.step} of ${seen.length} steps are kept`);
  // Whatever half a line, half a row and half a checkpoint a kill may leave:
  await Deno.writeTextFile(`${killed}/events.jsonl`, '{"kind":"scal', { append: true });
  await Deno.writeTextFile(`${killed}/metrics.csv`, "13,17", { append: true });

  const together = Math.max(step, seen.length) + 3;
  // The schedule counts to 100000, so the runs go on as they began and are interrupted again.
  for (const [folder, signal] of [[stopped, "SIGTERM"], [killed, "SIGHUP"]] as const) {
    const again = await interrupted(["--resume", folder], folder, together, signal);
    equal(again.code, 0, again.stderr);
    equal(await stateOf(folder), "stopped");
  }
  const [a, b] = [await readLosses(stopped), await readLosses(killed)];
  deepEqual(a.slice(0, together), b.slice(0, together));
  deepEqual(a.slice(0, step), before);
  deepEqual(b.slice(0, seen.length), seen);
});

test("A signal before the first step leaves no folder behind", async (workspace) => {
  const [run, ...args] = denoArguments([...tinyFlags(workspace, []), "--student", "tiny"]);
  const entry = args.findIndex((argument) => argument.endsWith(".ts"));
  const child = new Deno.Command(Deno.execPath(), {
    args: [run!, ...args.with(entry, `${ROOT}/${args[entry]}`)],
    cwd: workspace.folder, // where runs/ is made
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    const seen = /^run /m.test(said);
    if (!seen && /^run /m.test(said += text)) child.kill("SIGTERM");
    else if (seen) said += text;
  }
  const { code } = await child.status;
  equal(code, 143, said);
  match(said, /\nStopped before a step was done: nothing was saved\n$/);
  deepEqual([...Deno.readDirSync(`${workspace.folder}/runs`)], []);
});

test("A run that another process still writes cannot be resumed", async (workspace) => {
  const folder = `${workspace.folder}/run`;
  const flags = [...tinyFlags(workspace, []), "--student", "tiny", "--steps", "2"];
  equal((await runTrain([...flags, "--out", folder])).code, 0);
  using file = Deno.openSync(`${folder}/events.jsonl`, { append: true, read: true });
  file.lockSync(true);
  const { code, stderr } = await runTrain(["--resume", folder, "--steps", "4"]);
  equal(code, 1);
  match(stderr, /Cannot write ".*events.jsonl" as another process writes it/);
  equal(JSON.parse(await Deno.readTextFile(`${folder}/config.json`)).config.steps, 2);
});

for (
  const [signal, what, said] of [
    ["SIGUSR1", "is lost", /The GPU was lost: the driver was reset; go on .* with --resume/],
    ["SIGUSR2", "refuses a command", /the GPU refused a command: a buffer is too small/],
  ] as const
) {
  test(`A training whose GPU ${what} ends with exit code 1, and its run folder says why`, async (workspace) => {
    const folder = `${workspace.folder}/run`;
    const args = endless(workspace, folder);
    const { code, stderr } = await interrupted(args, folder, 3, signal, "train_losing_gpu.ts");
    match(stderr, said);
    equal(code, 1);
    const reader = new RunReader(folder);
    await reader.refresh();
    const { state, alerts, step } = reader.history;
    equal(state, "failed");
    match(alerts.at(-1)!.text, said);
    ok(alerts.at(-1)!.step >= 3 && alerts.at(-1)!.step === step);
  });
}
