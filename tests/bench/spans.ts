/**
 * What happens from when to when, some of it at the same time; and how much the whole process computed meanwhile.
 *
 * @module
 */
import { cpuSeconds } from "./process_figures.ts";

/** Seconds since the start of the process. */
export interface Span {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** CPU time of all threads in between, whatever they worked for. */
  readonly cpuSeconds: number;
}

// deno-lint-ignore no-explicit-any
type Method = (...args: any[]) => Promise<any>;

/** See the module's text. */
export class Spans {
  readonly #all: Span[] = [];

  #end(name: string, from: number, cpuBefore: number): void {
    const to = performance.now() / 1000;
    this.#all.push({ name, from, to, cpuSeconds: cpuSeconds() - cpuBefore });
  }

  /** What has been going on since a time, and is over now; all that was computed so far was for it. */
  since(from: number, name: string): void {
    this.#end(name, from, 0);
  }

  /** Do something. */
  async of<T>(name: string, work: () => Promise<T>): Promise<T> {
    const [from, cpuBefore] = [performance.now() / 1000, cpuSeconds()];
    try {
      return await work();
    } finally {
      this.#end(name, from, cpuBefore);
    }
  }

  /** Take every call of an object's method for a span. */
  watch<K extends string>(object: Record<K, Method>, method: K, name: string): void {
    const original = object[method];
    const of = this.of.bind(this);
    object[method] = function (this: unknown, ...args: unknown[]) {
      return of(name, () => original.apply(this, args));
    };
  }

  /** All that are over, by when they began. */
  get all(): readonly Span[] {
    return this.#all.toSorted((a, b) => a.from - b.from);
  }
}
