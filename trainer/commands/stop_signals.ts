/**
 * What ends a command from outside: Ctrl-C, `kill`, `docker stop`, a job scheduler, a terminal that is closed.
 *
 * @module
 */

/** Exit codes by signal, as a shell tells of them. Windows has no SIGTERM. */
const CODES: Partial<Record<Deno.Signal, number>> = {
  SIGINT: 130,
  ...Deno.build.os === "windows" ? {} : { SIGTERM: 143 },
  SIGHUP: 129,
};

/** Whether SIGHUP is ignored, as under `nohup`. Where the system does not tell, it is unless there is a terminal. */
function survivesTerminal(): boolean {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return /^SigIgn:\s*[0-9a-f]*[13579bdf]$/m.test(status); // the lowest bit
  } catch {
    return !Deno.stderr.isTerminal();
  }
}

/** Ms in which a second Ctrl-C is the first one: `deno task` passes on the SIGINT that the terminal has sent already. */
const ECHO = 500;

/** Listens from its making on: at first a signal ends the process, later it lets a step be finished. */
export class StopSignals implements Disposable {
  readonly #undo: () => void;
  readonly #listeners: [Deno.Signal, () => void][];
  #stopping: AbortController | undefined;
  #stopped = 0; // when the first signal came

  /** @param undo takes away what the process has made, when a signal comes before there is anything to keep */
  constructor(undo: () => void) {
    this.#undo = undo;
    const survives = survivesTerminal(); // to be asked first: Deno's first listener ends what is ignored
    if (survives) Deno.addSignalListener("SIGHUP", () => {});
    const codes = (Object.entries(CODES) as [Deno.Signal, number][])
      .filter(([signal]) => !(survives && signal === "SIGHUP"));
    this.#listeners = codes.map(([signal, code]) => [
      signal,
      () => this.#stop(signal, code),
    ]);
    for (const [signal, stop] of this.#listeners) Deno.addSignalListener(signal, stop);
  }

  /**
   * From here on the first signal aborts the one that is returned, and Ctrl-C after it ends the process. Others change
   * nothing more: a shell that loses its terminal passes on the SIGHUP that the system has sent already.
   */
  afterStep(): AbortSignal {
    this.#stopping = new AbortController();
    return this.#stopping.signal;
  }

  /** Listen no longer. */
  [Symbol.dispose](): void {
    for (const [signal, stop] of this.#listeners.splice(0)) Deno.removeSignalListener(signal, stop);
  }

  #stop(signal: Deno.Signal, code: number): void {
    if (signal === "SIGHUP") console.log = console.error = () => {}; // a terminal that is gone makes them throw
    if (!this.#stopping) {
      this.#undo();
      console.error("\nStopped before a step was done: nothing was saved");
      Deno.exit(code);
    }
    if (this.#stopping.signal.aborted) {
      if (signal === "SIGINT" && performance.now() - this.#stopped > ECHO) Deno.exit(code);
      return;
    }
    this.#stopped = performance.now();
    this.#stopping.abort();
    console.error("\nStopping; what is done is saved first. Press Ctrl-C again to end at once");
  }
}
