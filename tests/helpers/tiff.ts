/** Samples of one kind, as TIFF may hold them. */
export type Samples =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float16Array
  | Float32Array
  | Float64Array;

/**
 * An uncompressed little-endian TIFF with any number of channels of any kind; sharp writes neither more than four nor 32 bits.
 *
 * @param samples `[height, width, channels]`
 * @param options `colours`: channels that are grey or RGB; those beyond are extra samples
 */
export function tiff(
  samples: Samples,
  { width, height, colours = 3 }: { width: number; height: number; colours?: 1 | 3 },
): Uint8Array<ArrayBuffer> {
  const channels = samples.length / (width * height);
  const extra = new Array<number>(channels - colours).fill(0); // sharp takes the first for alpha
  const each = (value: number): number[] => new Array(channels).fill(value);
  const format = /^Uint/.test(samples.constructor.name)
    ? 1
    : /^Int/.test(samples.constructor.name)
    ? 2
    : 3;
  const [long, short] = [4, 3];
  const entries: [tag: number, type: number, values: number[]][] = [
    [256, long, [width]],
    [257, long, [height]],
    [258, short, each(8 * samples.BYTES_PER_ELEMENT)],
    [259, short, [1]], // not compressed
    [262, short, [colours === 1 ? 1 : 2]], // grey or RGB
    [273, long, [0]], // where the samples are: told below
    [277, short, [channels]],
    [278, long, [height]],
    [279, long, [samples.byteLength]],
    ...(extra.length > 0 ? [[338, short, extra] as [number, number, number[]]] : []),
    [339, short, each(format)],
  ];
  const lists = 8 + 2 + 12 * entries.length + 4;
  const size = (type: number, values: number[]) => (type === long ? 4 : 2) * values.length;
  const outside = entries.map(([, type, values]) => size(type, values)).filter((n) => n > 4);
  const data = Math.ceil((lists + outside.reduce((sum, n) => sum + n, 0)) / 8) * 8;
  const view = new DataView(new ArrayBuffer(data + samples.byteLength));
  view.setUint32(0, 0x2a4949, true);
  view.setUint32(4, 8, true);
  view.setUint16(8, entries.length, true);
  let free = lists;
  for (const [i, [tag, type, values]] of entries.entries()) {
    const at = 10 + 12 * i;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, values.length, true);
    let to = at + 8;
    if (size(type, values) > 4) {
      view.setUint32(to, free, true);
      to = free;
      free += size(type, values);
    }
    for (const [k, value] of (tag === 273 ? [data] : values).entries()) {
      if (type === long) view.setUint32(to + 4 * k, value, true);
      else view.setUint16(to + 2 * k, value, true);
    }
  }
  const bytes = new Uint8Array(view.buffer);
  bytes.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), data);
  return bytes;
}
