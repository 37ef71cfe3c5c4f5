/** The right to write a run folder, for one process at a time. */
import { SafetensorsFile } from "../formats/safetensors_file.ts";
import { AppendLog } from "./append_log.ts";
import { type CheckpointFile, checkpointFiles, stepOf } from "./checkpoint_files.ts";
import { latestCheckpoint, NoSuchRun } from "./run_reader.ts";

/** Held from before anything of a run is read until its writer is closed, so that no two resumes start from one checkpoint. */
export class RunLock implements Disposable {
  readonly folder: string;
  /** What the run goes on from. */
  readonly checkpoint: CheckpointFile;
  /** `events.jsonl`, which carries the lock. */
  readonly events: AppendLog;

  private constructor(folder: string, checkpoint: CheckpointFile, events: AppendLog) {
    this.folder = folder;
    this.checkpoint = checkpoint;
    this.events = events;
  }

  /**
   * Lock a run that can be resumed; nothing in it changes.
   *
   * @param path the run's folder, for its latest checkpoint, or one of its checkpoints
   * @throws {Error} when another process writes it, or its checkpoint is damaged; as {@link latestCheckpoint}
   */
  static async take(path: string): Promise<RunLock> {
    const { folder } = await resumePoint(path); // a folder that is no run must not get an events.jsonl
    const events = new AppendLog(`${folder}/events.jsonl`);
    try {
      const { checkpoint } = await resumePoint(path); // another process may have saved one since
      await checkWhole(folder, checkpoint);
      return new RunLock(folder, checkpoint, events);
    } catch (error) {
      events[Symbol.dispose]();
      throw error;
    }
  }

  /** Let go. A writer that was opened with the lock lets go of it too. */
  [Symbol.dispose](): void {
    this.events[Symbol.dispose]();
  }
}

/** The run that a path means, and where it goes on. */
async function resumePoint(path: string): Promise<{ folder: string; checkpoint: CheckpointFile }> {
  const [, folder = ".", name = ""] = /^(?:(.+)\/)?checkpoints\/([^/]+)$/.exec(path) ?? [];
  const step = stepOf(name);
  if (step === undefined) return { folder: path, checkpoint: await latestCheckpoint(path) };
  if (!await Deno.stat(path).then((info) => info.isFile, () => false)) {
    throw new NoSuchRun(`Cannot resume "${folder}" from "${path}" as there is no such file`);
  }
  return { folder, checkpoint: { path, step } };
}

/** Look whether a checkpoint is readable, before anything is done for it; name an older one if it is not. */
async function checkWhole(folder: string, { path, step }: CheckpointFile): Promise<void> {
  const reason = await damage(path);
  if (reason === undefined) return;
  const older = (await checkpointFiles(folder)).filter((file) => file.step < step);
  let remedy = "no older one is whole: start it anew in another folder";
  for (const file of older) {
    if (await damage(file.path) !== undefined) continue;
    remedy = `go on from an older one with --resume ${file.path}`;
    break;
  }
  throw new Error(`Cannot resume "${folder}" at step ${step}: ${reason}; ${remedy}`);
}

/** What is wrong with a checkpoint's size and header, or undefined. */
async function damage(path: string): Promise<string | undefined> {
  try {
    using _file = await SafetensorsFile.open(path);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
