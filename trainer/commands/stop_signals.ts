/**
 * What ends a command from outside: Ctrl-C, `kill`, `docker stop`, a job scheduler, a terminal that is closed.
 *
 * @module
 */

/** Exit codes by signal, as a shell tells of them. Windows has no SIGTERM. */
const CODES: Partial<Record<Deno.Signal, number>> = Deno.build.os === "windows"
  ? { SIGINT: 130, SIGHUP: 129 }
  : { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** Listens from its making on: at first a signal ends the process, later it lets a step be finished. */
export class StopSignals implements Disposable {
  readonly #undo: () => void;
  readonly #listeners: [Deno.Signal, () => void][];
  #stopping: AbortController | undefined;

  /** @param undo takes away what the process has made, when a signal comes before there is anything to keep */
  constructor(undo: () => void) {
    this.#undo = undo;
    this.#listeners = Object.entries(CODES).map(([signal, code]) => [
      signal as Deno.Signal,
      () => this.#stop(code),
    ]);
    for (const [signal, stop] of this.#listeners) Deno.addSignalListener(signal, stop);
  }

  /** From here on the first signal aborts the one that is returned, and the second one ends the process. */
  afterStep(): AbortSignal {
    this.#stopping = new AbortController();
    return this.#stopping.signal;
  }

  /** Listen no longer. */
  [Symbol.dispose](): void {
    for (const [signal, stop] of this.#listeners.splice(0)) Deno.removeSignalListener(signal, stop);
  }

  #stop(code: number): void {
    if (!this.#stopping) {
      this.#undo();
      Deno.exit(code);
    }
    this[Symbol.dispose](); // the next one does what signals do
    this.#stopping.abort();
    console.error("\nStopping after this step; press Ctrl-C again to end at once");
  }
}
