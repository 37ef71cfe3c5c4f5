/** The twin of `multiply_map.wgsl`. x: `[pixels, channels]`, m: `[pixels]`. */
export function multiplyMap(
  x: ArrayLike<number>,
  m: ArrayLike<number>,
  channels: number,
): Float64Array {
  return Float64Array.from(x, (v, i) => v * m[Math.floor(i / channels)]!);
}
