/**
 * How far the files of a teacher are that is downloaded.
 *
 * @module
 */
import type { DownloadProgress } from "@depth-anywhere/teacher";
import { Progress, type ProgressOptions } from "../runs/progress.ts";

/** One bar after the other, a file each. */
export class TeacherDownload implements Disposable {
  readonly #options: Omit<ProgressOptions, "unit">;
  #shown?: { what: string; progress: Progress };

  /** @param options as of {@linkcode Progress} */
  constructor(options: Omit<ProgressOptions, "unit"> = {}) {
    this.#options = options;
  }

  /** Shows a file of the teacher, in MB. */
  readonly downloaded = ({ path, received, total }: DownloadProgress): void => {
    const what = `${path.slice(path.lastIndexOf("/") + 1)} of the teacher`;
    if (this.#shown?.what !== what) {
      this.end();
      const options = { ...this.#options, unit: "MB" };
      this.#shown = { what, progress: new Progress(total && total / 1e6, options) };
    }
    this.#shown.progress.update(received / 1e6, what);
  };

  /** Ends the bar, so that something else can be said. */
  end(): void {
    this.#shown?.progress[Symbol.dispose]();
    this.#shown = undefined;
  }

  [Symbol.dispose](): void {
    this.end();
  }
}
