/** How many images a thread decodes at the same time, which is what bounds the memory of loading. */

import pLimit from "p-limit";

/**
 * Images in work at once. One of 5760×2880 takes about 160 MB while it is decoded and resized, or 40 MB where a JPEG is
 * decoded at half its size, and one of 8K twice that; a second one keeps the thread busy while the first waits for the disk.
 */
const AT_ONCE = 2;

/** Do the work of decoding one image when its turn comes: first come, first served. */
export const decoding = pLimit(AT_ONCE);
