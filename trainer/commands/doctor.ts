/** `deno task doctor`: what this machine is, and whether every kernel is right on it. */
import { openGpu } from "../gpu/device.ts";
import { execute } from "./command.ts";
import { examine, reportText } from "./doctor_report.ts";

const help = `Shows the graphics adapter, what it can do at most, and what this machine can train.

Usage: deno task doctor [--check] [--json]

  --check  run every kernel against its plain twin on this adapter and name those that are wrong
  --json   print the report as JSON
  --help   this text

Exit code: 0 all is well, 1 something is wrong, 2 wrong usage.

Examples:
  deno task doctor
  deno task doctor --check`;

const options = { check: { type: "boolean" }, json: { type: "boolean" } } as const;

if (import.meta.main) {
  Deno.exit(
    await execute({
      help,
      options,
      async run({ json }) {
        const gpu = await openGpu();
        const report = await examine(gpu);
        console.log(json ? JSON.stringify(report, null, 2) : reportText(report));
        return 0;
      },
    }, Deno.args),
  );
}
