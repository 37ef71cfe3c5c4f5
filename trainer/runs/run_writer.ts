/** Writes a run folder (DESIGN §7). */
import { writeFileAtomic } from "../formats/atomic_file.ts";
import { AppendLog } from "./append_log.ts";
import { removeOldest } from "./checkpoint_files.ts";
import {
  type AlertEvent,
  encodeEvent,
  type RunEvent,
  type StateEvent,
  stepName,
} from "./events.ts";
import { MetricsCsv } from "./metrics_csv.ts";
import type { RunLock } from "./run_lock.ts";
import { type RunRecord, writeRecord } from "./run_record.ts";
import { saveCheckpoint } from "./save_checkpoint.ts";

/** Between two signs of life, ms: several of them before a run that says nothing is called stalled. */
const HEARTBEAT = 30_000;

/**
 * The only writer of a run folder. Logging never stops training: a line or a picture that cannot be written is
 * said once on stderr, and as an alert when writing works again. Checkpoints do throw.
 */
export class RunWriter implements Disposable {
  readonly folder: string;
  readonly #events: AppendLog;
  readonly #metrics: MetricsCsv;
  #lostImages = 0;
  /** Of the newest event. */
  #step = 0;
  #failed = false;
  /** Old checkpoints that could not be removed. */
  readonly #stuck = new Set<string>();
  readonly #heart: ReturnType<typeof setInterval>;

  private constructor(folder: string, events: AppendLog, from: number | undefined) {
    this.folder = folder;
    this.#events = events;
    try {
      this.#metrics = new MetricsCsv(`${folder}/metrics.csv`, from);
    } catch (error) {
      events[Symbol.dispose]();
      throw error;
    }
    this.#heart = setInterval(() => this.beat(), HEARTBEAT);
    this.#heart.unref();
  }

  /**
   * Starts a run in a new or empty folder.
   *
   * @throws {Error} when the folder holds something, or another process begins a run there
   */
  static async create(folder: string, record: RunRecord<unknown>): Promise<RunWriter> {
    await checkNewFolder(folder);
    await Deno.mkdir(folder, { recursive: true });
    const events = new AppendLog(`${folder}/events.jsonl`); // locked: of two processes one goes on
    try {
      await checkNewFolder(folder, "events.jsonl");
      await writeRecord(folder, record);
    } catch (error) {
      events[Symbol.dispose]();
      throw error;
    }
    const writer = new RunWriter(folder, events, undefined);
    writer.state(0, "running");
    return writer;
  }

  /**
   * Goes on with a run from its checkpoint of `step`: a torn last line is closed, lines of later steps are
   * taken back.
   *
   * @param run its folder, or the lock that was taken before anything of it was read
   * @throws {Error} when another process still writes the run
   */
  static resume(run: string | RunLock, step: number): RunWriter {
    const writer = typeof run === "string"
      ? new RunWriter(run, new AppendLog(`${run}/events.jsonl`), step)
      : new RunWriter(run.folder, run.events, step);
    writer.#append({ kind: "resumed", step, time: Date.now() });
    return writer;
  }

  /** Of the first numbers in `metrics.csv`; undefined before any. */
  get firstStep(): number | undefined {
    return this.#metrics.first;
  }

  /** Numbers of a step, once a step; those of an earlier one may come late. */
  scalars(step: number, values: Readonly<Record<string, number>>): void {
    const time = Date.now();
    this.#append({ kind: "scalars", step, time, values });
    this.#metrics.row(step, time, values);
  }

  alert(step: number, level: AlertEvent["level"], text: string): void {
    this.#append({ kind: "alert", step, time: Date.now(), level, text });
  }

  /** How the run stands. A run that has failed stays so. */
  state(step: number, state: StateEvent["state"]): void {
    if (this.#failed) return;
    this.#append({ kind: "state", step, time: Date.now(), state });
    this.#events.sync();
  }

  /** Says why the run ends before its last step, at the newest step that was told of. Only the first reason counts. */
  fail(text: string): void {
    if (this.#failed) return;
    this.alert(this.#step, "error", text);
    this.state(this.#step, "failed");
    this.#failed = true;
  }

  /**
   * Stores a picture under `media/step-…/` and says so.
   *
   * @param name file name with its type, as in `input.jpg`
   * @param bytes the encoded picture
   * @returns its path, or undefined when it could not be written
   */
  async image(
    step: number,
    name: string,
    bytes: Uint8Array,
    caption?: string,
  ): Promise<string | undefined> {
    const path = `media/${stepName(step)}/${name}`;
    try {
      await writeFileAtomic(`${this.folder}/${path}`, bytes);
    } catch (error) {
      if (this.#lostImages++ === 0) {
        this.alert(
          step,
          "warn",
          `Cannot store ${path}: ${(error as Error).message}; training goes on`,
        );
        console.error(`Cannot store "${this.folder}/${path}": ${(error as Error).message}`);
      }
      return undefined;
    }
    this.#lostImages = 0;
    const said = caption === undefined ? {} : { caption };
    this.#append({ kind: "image", step, time: Date.now(), name, path, ...said });
    return `${this.folder}/${path}`;
  }

  /**
   * Stores a checkpoint, names it the latest, and removes the oldest ones.
   *
   * @param write as for {@link saveCheckpoint}
   * @param keep how many checkpoints stay
   * @returns the path
   * @throws {Error} as {@link saveCheckpoint}
   */
  async checkpoint(
    step: number,
    write: (path: string) => Promise<void>,
    keep = Infinity,
  ): Promise<string> {
    const path = await saveCheckpoint(this.folder, step, write);
    this.#events.sync();
    for (const { path, reason } of await removeOldest(this.folder, step, keep)) {
      if (this.#stuck.has(path)) continue; // said before
      this.#stuck.add(path);
      this.alert(step, "warn", `Cannot remove the old checkpoint "${path}": ${reason}`);
    }
    return path;
  }

  /** Says that the run is alive, for a reader that hears nothing of it: the file is newer then. */
  beat(): void {
    this.#events.touch();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#heart);
    this.#events[Symbol.dispose]();
    this.#metrics[Symbol.dispose]();
  }

  #append(event: RunEvent): void {
    this.#step = Math.max(this.#step, event.step);
    const { lost } = this.#events;
    if (!this.#events.line(encodeEvent(event)) || lost === 0) return;
    const text = `${lost} events could not be written and are lost`;
    const { step, time } = event;
    this.#events.line(encodeEvent({ kind: "alert", step, time, level: "warn", text }));
  }
}

/**
 * Looks whether a run can start in a folder, before anything is made.
 *
 * @param own a file in it that is the run's own
 * @throws {Error} when the folder holds something, or is a file
 */
export async function checkNewFolder(folder: string, own?: string): Promise<void> {
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.name === own) continue;
      throw new Error(
        `Cannot start a run in "${folder}" as it holds "${entry.name}": choose another --out, ` +
          `or go on with that run: --resume ${folder}`,
      );
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
