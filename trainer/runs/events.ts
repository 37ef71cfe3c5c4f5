/**
 * What a run says while it trains: one JSON object a line in `events.jsonl`, append only. The number of a line,
 * counted from 1, is its id in the server's stream. Web APIs only: the trainer, the server and the page share it.
 *
 * @module
 */

/** What every event has: the step it belongs to (steps done so far) and the time, in ms since 1970. */
interface At {
  readonly step: number;
  readonly time: number;
}

/**
 * Numbers of one step, by name: `loss/total`, `optim/lr`, `valid/rooms/affine/absRel` (DESIGN §7);
 * `time/step` is in seconds.
 */
export interface ScalarsEvent extends At {
  readonly kind: "scalars";
  readonly values: Readonly<Record<string, number>>;
}

/** A picture; `path` is relative to the run folder. */
export interface ImageEvent extends At {
  readonly kind: "image";
  readonly name: string;
  readonly path: string;
  readonly caption?: string;
}

/** Something a person should read. */
export interface AlertEvent extends At {
  readonly kind: "alert";
  readonly level: "info" | "warn" | "error";
  readonly text: string;
}

/** The run begins, ends or breaks; `stopped`: its user ended it before its last step. */
export interface StateEvent extends At {
  readonly kind: "state";
  readonly state: "running" | "stopped" | "finished" | "failed";
}

/** The run goes on from the checkpoint of `step`: earlier lines of later steps no longer count. */
export interface ResumedEvent extends At {
  readonly kind: "resumed";
}

/** Any line of `events.jsonl`. */
export type RunEvent = ScalarsEvent | ImageEvent | AlertEvent | StateEvent | ResumedEvent;

const KINDS: ReadonlySet<unknown> = new Set(["scalars", "image", "alert", "state", "resumed"]);

/** The line of an event, without its newline. NaN and infinities become texts, which JSON lacks as numbers. */
export function encodeEvent(event: RunEvent): string {
  return JSON.stringify(
    event,
    (_, value) => typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
}

/** The event of a line, or undefined when the line is torn or of a kind that is not known here. */
export function decodeEvent(line: string): RunEvent | undefined {
  let value: Partial<RunEvent> | null;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !KINDS.has(value.kind)) return undefined;
  if (!Number.isInteger(value.step) || !Number.isFinite(value.time)) return undefined;
  if (value.kind === "scalars") {
    const values = Object.entries(value.values ?? {}).map(([name, x]) => [name, Number(x)]);
    return { ...value, values: Object.fromEntries(values) } as RunEvent;
  }
  return value as RunEvent;
}

/** Folder and file names carry the step in eight digits, so that they sort: `step-00000500`. */
export function stepName(step: number): string {
  return `step-${String(step).padStart(8, "0")}`;
}
