/**
 * How far a long command is, on stderr: a bar with the time left on a terminal, a plain line now and then
 * otherwise, so that logs stay readable.
 */

/** Where and how to write; the defaults look at stderr. */
export interface ProgressOptions {
  /** What the count counts, as in `step`. */
  readonly unit?: string;
  /** Count at the start, as after a resume. */
  readonly from?: number;
  readonly terminal?: boolean;
  readonly columns?: () => number;
  readonly write?: (text: string) => void;
  /** Milliseconds; a clock that only goes forward. */
  readonly now?: () => number;
}

const REDRAW = 100; // ms between redraws of the bar
const LINE = 10_000; // ms between plain lines
const WINDOW = 60_000; // ms of the recent past that the rate is measured over

/** A count on its way to a total, or on its way, where nobody knows the total. */
export class Progress implements Disposable {
  readonly #total: number | undefined;
  readonly #unit: string;
  readonly #terminal: boolean;
  readonly #columns: () => number;
  readonly #write: (text: string) => void;
  readonly #now: () => number;
  readonly #started: number;
  /** Recent (time, count) pairs; the first pair after the start leaves compilation out of the rate. */
  readonly #recent: { time: number; count: number }[] = [];
  #count: number;
  #detail = "";
  #shown = -Infinity;
  #drawn = false;

  constructor(total: number | undefined, options: ProgressOptions = {}) {
    this.#total = total;
    this.#unit = options.unit ?? "step";
    this.#terminal = options.terminal ?? Deno.stderr.isTerminal();
    this.#columns = options.columns ?? terminalColumns;
    this.#write = options.write ?? writeStderr;
    this.#now = options.now ?? (() => performance.now());
    this.#count = options.from ?? 0;
    this.#started = this.#now();
  }

  /**
   * Says that `count` are done.
   *
   * @param detail what else to show, as in `loss 0.123`
   */
  update(count: number, detail = this.#detail): void {
    const now = this.#now();
    this.#count = count;
    this.#detail = detail;
    this.#recent.push({ time: now, count });
    while (this.#recent.length > 2 && now - this.#recent[0]!.time > WINDOW) this.#recent.shift();
    const due = now - this.#shown >= (this.#terminal ? REDRAW : LINE);
    if (due || this.#done()) this.#show(now);
  }

  /** Writes a line of its own; the bar, where there is one, moves below it. */
  log(text: string): void {
    this.#write(`${this.#erase()}${text}\n`);
    if (this.#terminal && this.#shown > -Infinity) this.#show(this.#now());
  }

  /** Ends the bar's line. */
  [Symbol.dispose](): void {
    if (this.#drawn) this.#write("\n");
    this.#drawn = false;
  }

  #done(): boolean {
    return this.#total !== undefined && this.#count >= this.#total;
  }

  /** Time left, ms; undefined before there is a rate, and without a total. */
  #left(): number | undefined {
    const first = this.#recent[0];
    const last = this.#recent.at(-1);
    if (this.#total === undefined) return undefined;
    if (!first || !last || last.count <= first.count) return undefined;
    return (this.#total - last.count) * (last.time - first.time) / (last.count - first.count);
  }

  #show(now: number): void {
    this.#shown = now;
    const left = this.#left();
    const time = this.#done()
      ? `in ${duration(now - this.#started)}`
      : left === undefined
      ? ""
      : `${duration(left)} left`;
    const total = this.#total;
    const share = total === undefined ? undefined : Math.min(1, this.#count / Math.max(1, total));
    const percent = share === undefined ? "" : `${Math.floor(100 * share)} %`;
    const of = total === undefined ? "" : `/${Math.round(total)}`;
    const text = [`${this.#unit} ${Math.floor(this.#count)}${of}`, percent, time, this.#detail]
      .filter(Boolean).join("  ");
    if (!this.#terminal) return this.#write(`${text}\n`);
    const width = Math.min(30, this.#columns() - text.length - 4);
    const full = Math.round(width * (share ?? 0));
    const bar = width < 8 || share === undefined
      ? ""
      : `${"█".repeat(full)}${"░".repeat(width - full)}  `;
    this.#write(this.#erase() + (bar + text).slice(0, this.#columns() - 1));
    this.#drawn = true;
  }

  #erase(): string {
    return this.#drawn ? "\r\x1b[2K" : "";
  }
}

/** `4 s`, `3 min 20 s`, `2 h 05 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const two = (n: number) => String(n).padStart(2, "0");
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${two(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}

function writeStderr(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let done = 0; done < bytes.length;) done += Deno.stderr.writeSync(bytes.subarray(done));
  } catch {
    // A closed pipe ends the display, not the work.
  }
}
