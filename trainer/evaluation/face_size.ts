/**
 * The faces of a cube at another size: a teacher's labels at the student's.
 *
 * @module
 */
import { applyTaps, resampleMask, resizeTaps, type Taps } from "@depth-anywhere/geometry";

/** Six square faces `[6, F, F]` at another size, antialiased. */
export function facesAtSize(faces: Float32Array, size: number): Float32Array {
  const from = Math.round(Math.sqrt(faces.length / 6));
  if (from === size) return faces;
  const taps = squareTaps(from, size);
  const result = new Float32Array(6 * size * size);
  for (let f = 0; f < 6; f++) {
    result.set(
      applyTaps(taps, faces.subarray(f * from * from, (f + 1) * from * from)),
      f * size * size,
    );
  }
  return result;
}

/** The masks of six square faces at another size: a pixel counts where everything it is made of does. */
export function masksAtSize(masks: Float32Array, size: number): Uint8Array {
  const from = Math.round(Math.sqrt(masks.length / 6));
  if (from === size) return Uint8Array.from(masks);
  const taps = squareTaps(from, size);
  const result = new Uint8Array(6 * size * size);
  for (let f = 0; f < 6; f++) {
    const face = masks.subarray(f * from * from, (f + 1) * from * from);
    result.set(resampleMask(taps, face), f * size * size);
  }
  return result;
}

function squareTaps(from: number, to: number): Taps {
  return resizeTaps({ height: from, width: from, toHeight: to, toWidth: to });
}
