/** A teacher in threads that takes red for near; it needs no model. */

import { IMAGENET, type WasmTeacher } from "@depth-anywhere/teacher";

/** @param size side of its faces */
export function redTeacher(size: number): WasmTeacher {
  return {
    name: "red",
    sha256: "",
    inputSize: size,
    preprocessing: IMAGENET,
    execution: "wasm",
    ready: Promise.resolve(),
    threads: 1,
    label(faces, count) {
      const area = size * size;
      const red = (i: number): number => faces[Math.floor(i / area) * 3 * area + i % area]!;
      return Promise.resolve(Float32Array.from({ length: count * area }, (_, i) => red(i)));
    },
    close: () => Promise.resolve(),
  };
}
