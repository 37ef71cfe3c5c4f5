/** A folder that this process has to itself, although nothing is in it yet. */
export class RunClaim implements Disposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Make a folder under `runs`, named after the student and the local time: `runs/unifuse-2026-11-23-0405`, with `-2`,
   * `-3`… where that is taken. Two processes that start in the same minute get two folders.
   */
  static take(runs: string, student: string, now: Date = new Date()): RunClaim {
    const two = (n: number) => String(n).padStart(2, "0");
    const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
    const base = `${runs}/${student}-${day}-${two(now.getHours())}${two(now.getMinutes())}`;
    Deno.mkdirSync(runs, { recursive: true });
    for (let n = 1;; n++) {
      const folder = n === 1 ? base : `${base}-${n}`;
      try {
        Deno.mkdirSync(folder);
        return new RunClaim(folder);
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      }
    }
  }

  /** Take the folder away again if no run began in it. */
  [Symbol.dispose](): void {
    try {
      Deno.removeSync(this.folder);
    } catch {
      // A run lives there.
    }
  }
}
