/** Reads run folders that this or another process writes. */
import type { TrainConfig } from "../config/schema.ts";
import { type CheckpointFile, checkpointFiles, pathOfStep, stepOf } from "./checkpoint_files.ts";
import { EventTail } from "./event_tail.ts";
import { decodeEvent, type StateEvent } from "./events.ts";
import { RunHistory } from "./history.ts";
import type { RunRecord } from "./run_record.ts";

/** Without a sign of life for this long a running run is called stalled, ms; steps that are told of together may take longer. */
const STALL = 120_000;

/** Steps that are told of together, of a run whose configuration does not say. */
const TOGETHER = 10;

/** What a run is doing; `stalled`: it neither ended nor gave a sign of life for a while. */
export type RunStatus = StateEvent["state"] | "stalled";

/** What a path names is no run, or none of its checkpoints. */
export class NoSuchRun extends Error {}

/** A run folder under watch: {@link RunReader.refresh} takes in what was appended. */
export class RunReader {
  readonly folder: string;
  readonly #tail: EventTail;
  #looking: Promise<void> | undefined;
  /** `logging.every` of the run, `TOGETHER` where it does not say; undefined until `config.json` could be read. */
  #together: number | undefined;
  /** Everything up to line {@link RunReader.line}. */
  history: RunHistory = new RunHistory();

  /** Nothing is read before the first {@link RunReader.refresh}. */
  constructor(folder: string) {
    this.folder = folder;
    this.#tail = new EventTail(`${folder}/events.jsonl`);
  }

  /** Number of the last whole line taken in. */
  get line(): number {
    return this.#tail.line;
  }

  /** Takes in new lines; torn ones and unknown kinds are skipped. Calls at the same time share one look. */
  refresh(): Promise<void> {
    return this.#looking ??= this.#look().finally(() => this.#looking = undefined);
  }

  async #look(): Promise<void> {
    this.#together ??= await this.record().then(
      ({ config }) => config?.logging?.every ?? TOGETHER,
      () => undefined,
    );
    for await (const { lines, reset } of this.#tail.read()) {
      if (reset) this.history = new RunHistory();
      for (const { text } of lines) {
        const event = decodeEvent(text);
        if (event) this.history.add(event);
      }
    }
  }

  /** `config.json`. @throws as {@link readRecord} */
  record(): Promise<RunRecord> {
    return readRecord(this.folder);
  }

  /** What the run is doing at `now`, ms since 1970. */
  status(now: number = Date.now()): RunStatus {
    const { state, updated } = this.history;
    if (state !== "running") return state;
    const alive = Math.max(updated, this.#tail.modified);
    const step = (this.history.last("time/step") ?? 0) * 1000;
    // A GPU that is waited for lets no heartbeat through: as many steps are silent as are read together.
    const silence = Math.max(STALL, 3 * (this.#together ?? TOGETHER) * step);
    return now - alive > silence ? "stalled" : "running";
  }
}

/**
 * `config.json` of a run.
 *
 * @throws {Error} when it is not there or not JSON
 */
export async function readRecord<Config = TrainConfig>(
  folder: string,
): Promise<RunRecord<Config>> {
  try {
    return JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
  } catch (error) {
    throw new Error(`Cannot read run "${folder}": ${(error as Error).message}`, { cause: error });
  }
}

/** Names of the folders below `runs` that are runs, newest first. */
export async function runNames(runs: string): Promise<string[]> {
  const found: { name: string; time: number }[] = [];
  try {
    for await (const { name } of Deno.readDir(runs)) {
      const info = await Deno.stat(`${runs}/${name}/config.json`).catch(() => undefined);
      if (info?.isFile) {
        found.push({ name, time: info.birthtime?.getTime() ?? info.mtime?.getTime() ?? 0 });
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort((a, b) => b.time - a.time || (a.name < b.name ? 1 : -1)).map(({ name }) =>
    name
  );
}

/**
 * The newest complete checkpoint of a run.
 *
 * @param doing what for, in errors
 * @throws {NoSuchRun} when there is no such folder, or it is no run
 * @throws {Error} when the run has none, or not the one it names; the error names another one then
 */
export async function latestCheckpoint(
  folder: string,
  doing: "resume" | "use" = "resume",
): Promise<CheckpointFile> {
  const latest = await Deno.readTextFile(`${folder}/checkpoints/latest`).catch(() => "");
  const step = stepOf(latest.trim());
  const path = step === undefined ? undefined : pathOfStep(folder, step);
  if (path && await Deno.stat(path).then((info) => info.isFile, () => false)) {
    return { path, step: step! };
  }
  const [other] = await checkpointFiles(folder);
  if (path || other) {
    const what = path
      ? `its latest checkpoint is missing: ${path}`
      : "its checkpoints/latest names none";
    const instead = other ? `; name this one in its place: ${other.path}` : "";
    throw new Error(`Cannot ${doing} "${folder}" as ${what}${instead}`);
  }
  const has = (path: string): Promise<boolean> => Deno.stat(path).then(() => true, () => false);
  if (!await has(folder)) throw new NoSuchRun(`Cannot ${doing} "${folder}" as it is not there`);
  if (!await has(`${folder}/config.json`)) {
    throw new NoSuchRun(
      `Cannot ${doing} "${folder}" as it is not a run folder: it has no config.json`,
    );
  }
  const instead = doing === "resume" ? "start it anew in another folder" : "let it train further";
  throw new Error(`Cannot ${doing} "${folder}" as it has no checkpoint yet: ${instead}`);
}
