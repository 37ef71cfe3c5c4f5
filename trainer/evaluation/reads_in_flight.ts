/**
 * Several results on their way from the GPU to the host: beside a training what it has submitted is waited for once, not
 * after each of them.
 *
 * @module
 */
import pLimit, { type LimitFunction } from "p-limit";

/** Begins tasks in order, four at a time: each submits its work and then waits for what comes of it. */
export function readsInFlight(): LimitFunction {
  return pLimit(4);
}
