/**
 * How far a training is before its first step: a teacher that is downloaded, and the faces that it labels for evaluation.
 *
 * @module
 */
import type { DownloadProgress } from "@depth-anywhere/teacher";
import { Progress, type ProgressOptions } from "../runs/progress.ts";

/** One bar after the other; each begins with its first count. */
export class StartProgress implements Disposable {
  readonly #options: Omit<ProgressOptions, "unit">;
  #shown?: { what: string; progress: Progress };

  /** @param options as of {@linkcode Progress} */
  constructor(options: Omit<ProgressOptions, "unit"> = {}) {
    this.#options = options;
  }

  /** Shows a file of the teacher, in MB. */
  readonly downloaded = ({ path, received, total }: DownloadProgress): void => {
    const file = path.slice(path.lastIndexOf("/") + 1);
    this.#update(`${file} of the teacher`, "MB", received / 1e6, total && total / 1e6);
  };

  /** Shows the faces that the teacher has labelled for evaluation. */
  readonly labeled = (done: number, total: number): void => {
    this.#update("labelled by the teacher, for evaluation", "face", done, total);
  };

  #update(what: string, unit: string, count: number, total: number | undefined): void {
    if (this.#shown?.what !== what) {
      this.end();
      this.#shown = { what, progress: new Progress(total, { ...this.#options, unit }) };
    }
    this.#shown.progress.update(count, what);
  }

  /** Ends the bar, so that something else can be said. */
  end(): void {
    this.#shown?.progress[Symbol.dispose]();
    this.#shown = undefined;
  }

  [Symbol.dispose](): void {
    this.end();
  }
}
