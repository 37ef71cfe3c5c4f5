/** `deno task doctor`: what this machine is, and whether every kernel is right on it. */
import { openGpu } from "../gpu/device.ts";
import { execute } from "./command.ts";
import { examine, reportText } from "./doctor_report.ts";
import { checkKernels, type KernelCheck } from "./kernel_checks.ts";

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

/** A line per kernel, and one for each check that is wrong. */
function kernelText({ kernel, passed, skipped, wrong }: KernelCheck): string {
  const left = skipped > 0 ? ` (${skipped} skipped)` : "";
  const verdict = wrong.length > 0 ? `WRONG in ${wrong.length} of ${passed + wrong.length}` : "ok";
  const lines = wrong.map(({ check, message }) => `    ${check}: ${message.replaceAll("\n", " ")}`);
  return [`  ${kernel.padEnd(28)}${String(passed).padStart(3)} ${verdict}${left}`, ...lines].join(
    "\n",
  );
}

async function doctor(check: boolean, json: boolean): Promise<number> {
  const gpu = await openGpu();
  const report = await examine(gpu);
  gpu.device.destroy();
  if (!json) console.log(reportText(report));
  if (!check) {
    if (json) console.log(JSON.stringify(report, null, 2));
    return 0;
  }
  if (!json) console.log("\nKernels, each against its twin on this adapter:");
  const start = performance.now();
  const checks = await checkKernels((kernel) => json || console.log(kernelText(kernel)));
  const passed = checks.kernels.reduce((sum, kernel) => sum + kernel.passed, 0);
  const wrong = checks.kernels.filter((kernel) => kernel.wrong.length > 0);
  const seconds = Math.round((performance.now() - start) / 1000);
  if (json) console.log(JSON.stringify({ ...report, checks }, null, 2));
  else if (checks.broke) console.log(`Broke down: ${checks.broke}`);
  else if (wrong.length > 0) {
    console.log(`Wrong here: ${wrong.map(({ kernel }) => kernel).join(", ")}`);
  } else console.log(`All ${checks.kernels.length} are right: ${passed} checks in ${seconds} s`);
  return checks.broke || wrong.length > 0 ? 1 : 0;
}

if (import.meta.main) {
  const command = {
    help,
    options,
    run: ({ check, json }: { check?: boolean; json?: boolean }) =>
      doctor(check ?? false, json ?? false),
  };
  Deno.exit(await execute(command, Deno.args));
}
