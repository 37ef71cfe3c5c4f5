/** [a, b] along channels. a: [pixels, channels of a], b: [pixels, channels of b]. */
export function concat(
  a: ArrayLike<number>,
  aChannels: number,
  b: ArrayLike<number>,
  bChannels: number,
): Float64Array {
  const channels = aChannels + bChannels;
  const y = new Float64Array(a.length + b.length);
  for (let i = 0; i < y.length; i++) {
    const [pixel, c] = [Math.floor(i / channels), i % channels];
    y[i] = c < aChannels ? a[pixel * aChannels + c]! : b[pixel * bChannels + c - aChannels]!;
  }
  return y;
}
