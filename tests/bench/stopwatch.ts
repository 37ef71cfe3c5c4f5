/**
 * Where the time of one thread of work goes: phases by name, each without the phases inside it.
 *
 * @module
 */

/** A method that can be watched: synchronous, or awaited by its caller before anything else that is watched. */
// deno-lint-ignore no-explicit-any
type Method = (...args: any[]) => unknown;

/** See the module's text. */
export class Stopwatch {
  readonly #clocks: readonly (() => number)[];
  readonly #spent = new Map<string, number[]>();
  readonly #open: string[] = [];
  #since: readonly number[];

  /** @param clocks each gives milliseconds, of its own sort */
  constructor(clocks: readonly (() => number)[]) {
    this.#clocks = clocks;
    this.#since = this.#read();
  }

  #read(): number[] {
    return this.#clocks.map((clock) => clock());
  }

  #switch(): void {
    const now = this.#read();
    const phase = this.#open.at(-1);
    if (phase) {
      const spent = this.#spent.get(phase) ?? now.map(() => 0);
      this.#spent.set(phase, spent.map((sum, i) => sum + now[i]! - this.#since[i]!));
    }
    this.#since = now;
  }

  /** Run something as a phase. */
  async phase<T>(name: string, run: () => T): Promise<Awaited<T>> {
    this.#switch();
    this.#open.push(name);
    try {
      return await run();
    } finally {
      this.#switch();
      this.#open.pop();
    }
  }

  /** Make every call of an object's method a phase. */
  watch<K extends string>(object: Record<K, Method>, method: K, name: string): void {
    const original = object[method];
    const enter = (): void => (this.#switch(), void this.#open.push(name));
    const leave = (): void => (this.#switch(), void this.#open.pop());
    object[method] = function (this: unknown, ...args: unknown[]) {
      enter();
      const result = original.apply(this, args);
      if (result instanceof Promise) return result.finally(leave);
      leave();
      return result;
    };
  }

  /** Forget what was spent so far. */
  reset(): void {
    this.#spent.clear();
    this.#since = this.#read();
  }

  /** Milliseconds by phase, of each clock. */
  get spent(): ReadonlyMap<string, readonly number[]> {
    return this.#spent;
  }
}
