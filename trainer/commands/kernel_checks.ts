/**
 * Every kernel against its plain twin, on the adapter of this machine. The checks are the kernels' own tests, so
 * there is no second list that could fall behind.
 */
import { fileURLToPath } from "node:url";

/** What the checks of one kernel found. */
export interface KernelCheck {
  /** Stem of its files, as in `conv2d`. */
  readonly kernel: string;
  readonly passed: number;
  /** Checks that need something which is not here, such as the reference numbers. */
  readonly skipped: number;
  readonly wrong: readonly { readonly check: string; readonly message: string }[];
}

/** All kernels, and whether the checks came to their end. */
export interface KernelChecks {
  readonly kernels: readonly KernelCheck[];
  /** What was checked when the process broke down, as a driver may make it; undefined when it did not. */
  readonly broke?: string;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const KERNELS = "trainer/kernels/";

/** Stems of all kernels that have checks, sorted. */
export function kernelNames(): string[] {
  return Array.from(
    Deno.readDirSync(ROOT + KERNELS),
    ({ name }) => /^(.+)_test\.ts$/.exec(name)?.[1],
  )
    .filter((stem) => stem !== undefined).sort();
}

/**
 * Runs the checks in a process of their own, so that a crash of the driver is a finding.
 *
 * @param paths files or folders below the checkout
 * @param each is called for every kernel once its checks are done
 */
export async function checkKernels(
  each: (check: KernelCheck) => void,
  paths: readonly string[] = [KERNELS],
): Promise<KernelChecks> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["test", "--quiet", "--no-check", "--no-prompt", "--reporter=tap", ...paths],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const parser = new TapParser(each);
  let rest = "";
  for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) parser.line(line);
  }
  const { code } = await process.status;
  const kernels = parser.end();
  const found = kernels.some(({ wrong }) => wrong.length > 0);
  const whole = parser.complete && (code === 0 || found);
  if (whole) return { kernels };
  return { kernels, broke: `the checks ended with code ${code} after "${parser.last}"` };
}

/** Whether one kernel is right, and what to say of it. Nothing checked is not right. */
export function verdict(
  kernel: string,
  { kernels, broke }: KernelChecks,
): { right: boolean; text: string } {
  const sum = (count: (check: KernelCheck) => number): number =>
    kernels.reduce((total, check) => total + count(check), 0);
  const [passed, skipped] = [sum((check) => check.passed), sum((check) => check.skipped)];
  const wrong = sum((check) => check.wrong.length);
  if (broke !== undefined) return { right: false, text: `${kernel} is WRONG: ${broke}` };
  if (wrong > 0) {
    return { right: false, text: `${kernel} is WRONG: ${wrong} of ${passed + wrong} checks` };
  }
  if (passed === 0) {
    const why = skipped > 0
      ? `all of its ${skipped} checks need something that is not here`
      : "it has no checks";
    return { right: false, text: `${kernel} was not checked: ${why}` };
  }
  return { right: true, text: `${kernel} is right: ${passed} checks` };
}

/** Reads `deno test --reporter=tap` as it is written: files, checks, and the message of a failure. */
export class TapParser {
  readonly #each: (check: KernelCheck) => void;
  readonly #done: KernelCheck[] = [];
  #current: {
    kernel: string;
    passed: number;
    skipped: number;
    wrong: KernelCheck["wrong"][number][];
  } | undefined;
  #message = "";
  /** Whether the plan, the last line of a whole report, was seen. */
  complete = false;
  /** Name of the last check that was reported. */
  last = "the start";

  constructor(each: (check: KernelCheck) => void) {
    this.#each = each;
  }

  line(line: string): void {
    const file = /^# .*?([^/]+)_test\.\w+$/.exec(line)?.[1];
    if (file !== undefined) {
      this.#close();
      this.#current = { kernel: file, passed: 0, skipped: 0, wrong: [] };
      return;
    }
    if (/^1\.\.\d+$/.test(line)) this.complete = true;
    if (/^\s*\{"message":/.test(line)) return this.#explain(line);
    const [, not, name, directive] = /^(not )?ok \d+ - (.*?)( # SKIP.*)?$/.exec(line) ?? [];
    if (name === undefined || !this.#current) return;
    this.last = name;
    if (directive) this.#current.skipped++;
    else if (not) this.#current.wrong.push({ check: name, message: this.#message });
    else this.#current.passed++;
    this.#message = "";
  }

  /** Everything that was reported. */
  end(): KernelCheck[] {
    this.#close();
    return this.#done;
  }

  /** The message of a step stands before its test, that of a test after it; the first one tells most. */
  #explain(line: string): void {
    const message = firstLines(JSON.parse(line).message);
    const last = this.#current?.wrong.at(-1);
    if (/^\s{4}/.test(line)) this.#message ||= message;
    else if (last && last.message === "") this.#current!.wrong.splice(-1, 1, { ...last, message });
  }

  #close(): void {
    if (!this.#current) return;
    this.#done.push(this.#current);
    this.#each(this.#current);
    this.#current = undefined;
  }
}

/** A message without its stack and source line. */
function firstLines(message: string): string {
  return message.split(/\n\s+at |\n.*\n\s*\^/)[0]!.trim();
}
