/**
 * What the events of a run amount to: curves, pictures, alerts and state, with the lines that a resume took back
 * left out. The same reduction serves the server and the page. Web APIs only.
 *
 * @module
 */
import type { AlertEvent, ImageEvent, RunEvent, StateEvent } from "./events.ts";

/** One curve; `steps` ascends, `values` has the same length. */
export interface Series {
  readonly steps: number[];
  readonly values: number[];
}

/** A history as JSON, its curves thinned; non-finite values are null. */
export interface HistorySnapshot {
  readonly series: Readonly<Record<string, Series>>;
  readonly images: readonly ImageEvent[];
  readonly alerts: readonly AlertEvent[];
  readonly state: StateEvent["state"];
  readonly step: number;
  readonly started: number;
  readonly updated: number;
  readonly resumes: number;
}

/** The state of the last event reduced so far; everything a page shows of a run. */
export class RunHistory {
  /** Curves by the name of their scalar. */
  readonly series: Map<string, Series> = new Map();
  readonly images: ImageEvent[] = [];
  readonly alerts: AlertEvent[] = [];
  state: StateEvent["state"] = "running";
  /** Steps done at the newest event. */
  step = 0;
  /** Time of the first and the newest event, ms since 1970; 0 before any. */
  started = 0;
  updated = 0;
  /** How often the run was resumed. */
  resumes = 0;

  /** Takes in the next event, in the order of the file. */
  add(event: RunEvent): void {
    this.started ||= event.time;
    this.updated = event.time;
    if (event.kind === "resumed") {
      this.#dropAfter(event.step);
      this.resumes++;
      this.state = "running";
      this.step = event.step;
      return;
    }
    this.step = Math.max(this.step, event.step);
    switch (event.kind) {
      case "scalars":
        for (const [name, value] of Object.entries(event.values)) {
          this.#append(name, event.step, value);
        }
        break;
      case "image":
        this.images.push(event);
        break;
      case "alert":
        this.alerts.push(event);
        break;
      case "state":
        this.state = event.state;
    }
  }

  /** The history with at most `points` points a curve. */
  snapshot(points: number): HistorySnapshot {
    const { images, alerts, state, step, started, updated, resumes } = this;
    const series = Object.fromEntries(
      Array.from(this.series, ([name, curve]) => [name, thin(curve, points)]),
    );
    return { series, images, alerts, state, step, started, updated, resumes };
  }

  /** Goes on from a snapshot that went through JSON. */
  static restore(snapshot: HistorySnapshot): RunHistory {
    const { series, images, alerts, ...rest } = snapshot;
    const history = Object.assign(new RunHistory(), rest);
    history.images.push(...images);
    history.alerts.push(...alerts);
    for (const [name, { steps, values }] of Object.entries(series)) {
      history.series.set(name, { steps: [...steps], values: values.map((x) => x ?? NaN) });
    }
    return history;
  }

  /** Newest value of a scalar. */
  last(name: string): number | undefined {
    return this.series.get(name)?.values.at(-1);
  }

  #append(name: string, step: number, value: number): void {
    let series = this.series.get(name);
    if (!series) this.series.set(name, series = { steps: [], values: [] });
    const { steps, values } = series;
    let at = steps.length;
    while (at > 0 && steps[at - 1]! > step) at--; // figures may come later than the steps after theirs
    const again = steps[at - 1] === step; // a step is said once; a repeat replaces
    steps.splice(again ? at - 1 : at, again ? 1 : 0, step);
    values.splice(again ? at - 1 : at, again ? 1 : 0, value);
  }

  #dropAfter(step: number): void {
    for (const [name, { steps, values }] of this.series) {
      while (steps.length > 0 && steps.at(-1)! > step) {
        steps.pop();
        values.pop();
      }
      if (steps.length === 0) this.series.delete(name);
    }
    for (const list of [this.images, this.alerts] as { step: number }[][]) {
      const kept = list.filter((event) => event.step <= step);
      list.splice(0, list.length, ...kept);
    }
  }
}

/**
 * At most `points` points of a curve that keep its shape: of every stretch its lowest and its highest, and the
 * last point of all.
 */
export function thin({ steps, values }: Series, points: number): Series {
  const n = steps.length;
  if (n <= points) return { steps, values };
  const kept: number[] = [];
  const stretches = Math.max(1, Math.floor(points / 2) - 1);
  for (let s = 0; s < stretches; s++) {
    const from = Math.floor(s * n / stretches);
    const to = Math.floor((s + 1) * n / stretches);
    let low = from;
    let high = from;
    for (let i = from; i < to; i++) {
      if (Number.isNaN(values[i]) || values[i]! < values[low]!) low = i; // NaN is the lowest
      if (!(values[high]! >= values[i]!)) high = i;
    }
    kept.push(Math.min(low, high));
    if (low !== high) kept.push(Math.max(low, high));
  }
  if (kept.at(-1) !== n - 1) kept.push(n - 1);
  return { steps: kept.map((i) => steps[i]!), values: kept.map((i) => values[i]!) };
}
