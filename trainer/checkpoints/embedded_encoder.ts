/**
 * The encoder that the embedded run starts from: a perspective network of `deno task teacher` at width 0.25, an earlier
 * and smaller one than the teacher. The README tells how it was trained.
 *
 * @module
 */

/** An ONNX model with the network's weights; its decoder is not used. */
export const embeddedEncoder: URL = new URL("../weights/encoder.onnx", import.meta.url);
