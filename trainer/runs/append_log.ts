/** What an append log needs of an open file. */
export type LogFile = Pick<
  Deno.FsFile,
  | "writeSync"
  | "readSync"
  | "seekSync"
  | "statSync"
  | "syncDataSync"
  | "tryLockSync"
  | "utimeSync"
  | "close"
>;

/** A text file that only grows, one whole line at a time, and never stops whoever writes to it. */
export class AppendLog implements Disposable {
  readonly #file: LogFile;
  readonly #path: string;
  readonly #encoder = new TextEncoder();
  #lost = 0;
  #torn: boolean;
  #closed = false;

  /**
   * Opens or creates the file. A last line without its newline, left by a process that was killed, is closed by
   * the first append.
   *
   * @param file the open file; by default `path`, created when absent
   * @throws {Error} when another process holds it open for writing
   */
  constructor(
    path: string,
    file: LogFile = Deno.openSync(path, { append: true, create: true, read: true }),
  ) {
    this.#path = path;
    this.#file = file;
    if (!this.#file.tryLockSync(true)) {
      this.#file.close();
      throw new Error(
        `Cannot write "${path}" as another process writes it: stop that one, or choose another folder`,
      );
    }
    this.#torn = endsTorn(this.#file);
  }

  /** Lines that could not be written since the last one that could. */
  get lost(): number {
    return this.#lost;
  }

  /**
   * Appends one line.
   *
   * @returns whether it was written; the first failure is said on stderr, the rest are silent
   */
  line(text: string): boolean {
    const bytes = this.#encoder.encode(`${this.#torn ? "\n" : ""}${text}\n`);
    let done = 0;
    try {
      while (done < bytes.length) done += this.#file.writeSync(bytes.subarray(done));
    } catch (error) {
      if (done > 0) this.#torn = true; // half a line is out; the next append closes it
      if (this.#lost++ === 0) {
        console.error(
          `Cannot log to "${this.#path}": ${(error as Error).message}; training goes on`,
        );
      }
      return false;
    }
    this.#torn = false;
    this.#lost = 0;
    return true;
  }

  /** Waits until everything is on the disk; a failure is silent. */
  sync(): void {
    try {
      this.#file.syncDataSync();
    } catch {
      // As for a line: logging never stops training.
    }
  }

  /** Makes the file as new as this moment; a failure is silent. */
  touch(): void {
    const now = new Date();
    try {
      this.#file.utimeSync(now, now);
    } catch {
      // As for a line: logging never stops training.
    }
  }

  /** Closes the file; again is no harm. */
  [Symbol.dispose](): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
  }
}

function endsTorn(file: LogFile): boolean {
  const { size } = file.statSync();
  if (size === 0) return false;
  const last = new Uint8Array(1);
  file.seekSync(size - 1, Deno.SeekMode.Start);
  file.readSync(last);
  return last[0] !== 0x0a;
}
