/** Channels of several inputs, each [pixels, its channels], one after the other. */
export function concat(
  inputs: readonly { data: ArrayLike<number>; channels: number }[],
): Float64Array {
  const pixels = inputs[0]!.data.length / inputs[0]!.channels;
  const y: number[] = [];
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (const { data, channels } of inputs) {
      for (let c = 0; c < channels; c++) y.push(data[pixel * channels + c]!);
    }
  }
  return Float64Array.from(y);
}
