/** The right to write a run folder, for one process at a time. */
import { AppendLog } from "./append_log.ts";
import { latestCheckpoint } from "./run_reader.ts";

/** Held from before anything of a run is read until its writer is closed, so that no two resumes start from one checkpoint. */
export class RunLock implements Disposable {
  readonly folder: string;
  /** `events.jsonl`, which carries the lock. */
  readonly events: AppendLog;

  private constructor(folder: string, events: AppendLog) {
    this.folder = folder;
    this.events = events;
  }

  /**
   * Lock a run that can be resumed; nothing in it changes.
   *
   * @throws {Error} when another process writes it; as {@link latestCheckpoint}
   */
  static async take(folder: string): Promise<RunLock> {
    await latestCheckpoint(folder); // a folder that is no run must not get an events.jsonl
    return new RunLock(folder, new AppendLog(`${folder}/events.jsonl`));
  }

  /** Let go. A writer that was opened with the lock lets go of it too. */
  [Symbol.dispose](): void {
    this.events[Symbol.dispose]();
  }
}
