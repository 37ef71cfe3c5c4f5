/** A run as it grows: a snapshot first, then the stream of its events from there on. */
import { decodeEvent } from "@depth-anywhere/trainer/runs/events";
import { type HistorySnapshot, RunHistory } from "@depth-anywhere/trainer/runs/history";

/** Configuration of a run as far as the page shows it. */
export interface PageRecord {
  readonly created?: string;
  readonly commit?: string;
  readonly argv?: readonly string[];
  readonly adapter?: { readonly name: string; readonly kind: string };
  readonly config?: Readonly<Record<string, unknown>>;
}

interface Snapshot extends HistorySnapshot {
  readonly line: number;
  readonly status: string;
  readonly record?: PageRecord;
}

/** Follows one run until it is closed; `changed` is called after every change. */
export class LiveRun {
  readonly name: string;
  history: RunHistory = new RunHistory();
  record: PageRecord = {};
  /** What the server says of the run: running, finished, failed, stalled. */
  status = "";
  /** Whether the stream is open. */
  connected = false;
  readonly #changed: () => void;
  #source: EventSource | undefined;
  #closed = false;

  constructor(name: string, changed: () => void) {
    this.name = name;
    this.#changed = changed;
  }

  /** Loads the run and begins to follow it. @throws {Error} when the server does not know it */
  async open(): Promise<void> {
    const url = `api/runs/${encodeURIComponent(this.name)}`;
    const response = await fetch(url);
    if (!response.ok) throw new Error(`There is no run "${this.name}" here`);
    const snapshot: Snapshot = await response.json();
    if (this.#closed) return;
    const { line, status, record, series, images, alerts, state, step, started, updated, resumes } =
      snapshot;
    this.history = RunHistory.restore({
      series,
      images,
      alerts,
      state,
      step,
      started,
      updated,
      resumes,
    });
    this.record = record ?? {};
    this.status = status;
    this.#follow(`${url}/events?after=${line}`);
    this.#changed();
  }

  close(): void {
    this.#closed = true;
    this.#source?.close();
  }

  /** The browser reconnects by itself and names the last line it got. */
  #follow(url: string): void {
    const source = this.#source = new EventSource(url);
    const connected = (value: boolean) => () => {
      this.connected = value;
      this.#changed();
    };
    source.onopen = connected(true);
    source.onerror = connected(false);
    source.onmessage = ({ data }) => {
      const event = decodeEvent(data);
      if (!event) return;
      this.history.add(event);
      this.#changed();
    };
    source.addEventListener("status", ({ data }) => {
      this.status = data;
      this.#changed();
    });
    source.addEventListener("reset", () => {
      source.close();
      this.open().catch(connected(false));
    });
  }
}
