/**
 * Turns of a thread at the work that other threads do for it: how many at once, which bounds the memory of loading, and their
 * end, as sharp's threads read memory that is gone with the thread that asked them.
 *
 * @module
 */
import pLimit from "p-limit";

/** Does some work when its turn comes: first come, first served. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

const begun = new Set<Promise<unknown>>();
let ending = false;

/** Turns of which so many are begun at once. */
export function turns(atOnce: number): Turns {
  const limit = pLimit(atOnce);
  return (work) =>
    limit(async () => {
      if (ending) await new Promise(() => {}); // nobody waits for it any more
      const doing = work();
      begun.add(doing);
      try {
        return await doing;
      } finally {
        begun.delete(doing);
      }
    });
}

/** Begin no further work in this thread, and wait for what was begun: only then may the thread end. */
export async function endTurns(): Promise<void> {
  ending = true;
  await Promise.allSettled(begun);
}

/**
 * Images in work at once. One of 5760×2880 takes about 160 MB while it is decoded and resized, or 40 MB where a JPEG is
 * decoded at half its size, and one of 8K twice that; a second one keeps the thread busy while the first waits for the disk.
 */
const AT_ONCE = 2;

/** Turns at decoding an image. */
export const decoding: Turns = turns(AT_ONCE);
