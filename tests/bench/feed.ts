/**
 * What a training step costs the host, on a simulated fast device: `deno run -A tests/bench/feed.ts --help`.
 *
 * @module
 */
import { execute, wholeNumber } from "../../trainer/commands/command.ts";
import { type FeedFigures, measureFeed } from "./feed_step.ts";

const help =
  `Measures what the host does for a joint training step: no shader is run, uploads and encoding are.

Usage: deno run -A tests/bench/feed.ts [options]

  --steps N           steps after three that warm up (30)
  --device-ms N       simulate a device that takes so long for a step, and tell how long it waited (0)
  --unlabeled SPEC    panoramas (the embedded ones); folder:PATH for your own, loaded as beside a GPU
  --cache PATH        keep resized panoramas of folders below this folder, and read those that are there
  --set KEY=VALUE     any key of the configuration, above the paper's preset; repeat
  --json              print JSON
  --help              this text

Sizes are those of the preset "paper": 512x1024, 3 labelled and 3 unlabelled panoramas, a rotation each. The student is
narrow, as a software adapter cannot bind the wide one's maps: the host does not see its width. The teacher is one on the
GPU that is done at once: what onnxruntime costs the host for a real one is not measured.

Examples:
  deno run -A tests/bench/feed.ts
  deno run -A tests/bench/feed.ts --device-ms 200 --set recipe=released
  deno run -A tests/bench/feed.ts --device-ms 300 --unlabeled folder:/photos --cache /tmp/cache`;

const options = {
  "steps": { type: "string" },
  "device-ms": { type: "string" },
  "unlabeled": { type: "string" },
  "cache": { type: "string" },
  "set": { type: "string", multiple: true },
  "json": { type: "boolean" },
} as const;

function report({ phases, step, dataWait, deviceIdle }: FeedFigures, deviceMs: number): string {
  const line = (name: string, ...values: number[]): string =>
    name.padEnd(24) + values.map((value) => value.toFixed(1).padStart(9)).join("");
  const rows = Object.entries(phases).sort(([, a], [, b]) => b.wall - a.wall);
  const sum = (clock: "wall" | "cpu"): number =>
    rows.reduce((total, [, spent]) => total + spent[clock], 0);
  return [
    "milliseconds a step          wall      cpu",
    ...rows.map(([name, { wall, cpu }]) => line(name, wall, cpu)),
    line("host", sum("wall"), sum("cpu")),
    line("step", step),
    line("of it for data", dataWait),
    ...deviceMs > 0 ? [line(`a device of ${deviceMs} waits`, deviceIdle)] : [],
  ].join("\n");
}

if (import.meta.main) {
  const command = {
    help,
    options,
    async run(values: {
      steps?: string;
      "device-ms"?: string;
      unlabeled?: string;
      cache?: string;
      set?: string[];
      json?: boolean;
    }): Promise<number> {
      const steps = wholeNumber("steps", values.steps ?? "30", 1);
      const deviceMs = wholeNumber("device-ms", values["device-ms"] ?? "0");
      const set = [...values.set ?? []];
      if (values.unlabeled !== undefined) set.push(`unlabeled=${values.unlabeled}`);
      const figures = await measureFeed({ set, steps, deviceMs, cache: values.cache });
      console.log(values.json ? JSON.stringify(figures) : report(figures, deviceMs));
      return 0;
    },
  };
  Deno.exit(await execute(command, Deno.args));
}
