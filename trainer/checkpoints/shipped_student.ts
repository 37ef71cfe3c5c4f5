/**
 * The student that ships with this program; `trainer/weights/README.md` says what it was trained by and how good it is.
 *
 * @module
 */

/** UniFuse at width 0.25, kernels as float16. */
export const shippedStudent: URL = new URL("../weights/student.safetensors", import.meta.url);
