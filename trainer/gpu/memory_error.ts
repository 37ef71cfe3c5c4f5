/**
 * What an adapter cannot hold. The engine knows what and how much; what can be changed about it knows whoever asked for a
 * network: a training its batch, a prediction its height.
 *
 * @module
 */

/** A network needs larger buffers than an adapter binds, or more memory than it has. */
export class MemoryError extends RangeError {}

/**
 * Do something; what a {@link MemoryError} says is followed by what the user can do about it.
 *
 * @throws MemoryError with the advice, and whatever else `work` throws
 */
export async function withMemoryAdvice<T>(advice: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MemoryError)) throw error;
    throw new MemoryError(`${error.message}; ${advice}`, { cause: error });
  }
}
