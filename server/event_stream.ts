/** The events of a run as server-sent events: the number of a line is its id, so that a reload resumes. */
import type { SSEStreamingApi } from "hono/streaming";
import { decodeEvent } from "@depth-anywhere/trainer/runs/events";
import { EventTail } from "@depth-anywhere/trainer/runs/tail";

/** How often to do what. */
export interface Pace {
  /** Looks at the file, ms. */
  readonly poll: number;
  /** Messages that keep the connection open, ms. */
  readonly heartbeat: number;
}

/**
 * Sends the whole lines after `after`, then every new one while the file grows, until the client leaves.
 * Messages: the line itself, with its id; `status` with the run's status, at first, when it changes and as a
 * heartbeat; `reset` when the file is no longer the one the client knows, which must then load the run anew.
 */
export async function streamEvents(
  stream: SSEStreamingApi,
  folder: string,
  after: number,
  status: () => Promise<string>,
  pace: Pace,
): Promise<void> {
  const tail = new EventTail(`${folder}/events.jsonl`, after);
  let said = "";
  let saidAt = -Infinity;
  for (let first = true; !stream.aborted && !stream.closed; first = false) {
    let news = false;
    for await (const { lines, reset } of tail.read()) {
      if (reset) return await stream.writeSSE({ event: "reset", data: "" });
      for (const { id, text } of lines) {
        if (stream.aborted) return;
        news = true;
        if (decodeEvent(text)) await stream.writeSSE({ id: String(id), data: text });
      }
    }
    if (first && tail.line < after) return await stream.writeSSE({ event: "reset", data: "" });
    const now = performance.now();
    const due = now - saidAt >= pace.heartbeat;
    const current = due || news ? await status() : said;
    if (due || current !== said) {
      await stream.writeSSE({ event: "status", data: current });
      [said, saidAt] = [current, now];
    }
    await stream.sleep(pace.poll);
  }
}
