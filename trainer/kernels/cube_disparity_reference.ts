/** Face disparity in plain loops: the twin of `cube_disparity.wgsl`, in double precision. */

/** Which face of the cube the `block`-th face of a batch is. */
function faceOfBlock(block: number, images: number, faceMajor: boolean): number {
  return faceMajor ? Math.floor(block / images) : block % 6;
}

/** y = x / factor. @param x [6N, face], factor [6, face] */
export function cubeDisparityReference(
  x: ArrayLike<number>,
  factor: ArrayLike<number>,
  faceMajor: boolean,
): Float64Array {
  const face = factor.length / 6;
  const images = x.length / factor.length;
  return Float64Array.from({ length: x.length }, (_, i) => {
    const which = faceOfBlock(Math.floor(i / face), images, faceMajor);
    return x[i]! / factor[which * face + i % face]!;
  });
}
