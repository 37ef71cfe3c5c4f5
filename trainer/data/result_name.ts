/**
 * What `deno task predict` calls its own pictures: `NAME-disparity.png` and so on. They are no panoramas, wherever they lie.
 *
 * @module
 */

const result = /-(disparity|disparity16|distance|normals)\.(png|exr)$/;

/** Whether a file's name or path is that of a prediction. */
export function isResult(name: string): boolean {
  return result.test(name);
}
