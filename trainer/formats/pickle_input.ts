/** Bytes of a pickle, read from front to back. Little endian, as all of Python's pickles are. */
export class PickleInput {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #text = new TextDecoder("utf-8", { fatal: true });
  /** Next byte to be read. */
  at: number;

  /** @param at where the pickle starts */
  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  /** Moves on and gives the place before. @throws SyntaxError when so many bytes are not left */
  #skip(count: number): number {
    const from = this.at;
    if (count > this.#bytes.length - from) {
      throw new SyntaxError(
        `it is cut off: byte ${from} asks for ${count} more, and there are ${
          Math.max(0, this.#bytes.length - from)
        }`,
      );
    }
    this.at = from + count;
    return from;
  }

  u8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#skip(4), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  u64(): number {
    return Number(this.#view.getBigUint64(this.#skip(8), true));
  }

  /** The one big-endian number of the format. */
  f64(): number {
    return this.#view.getFloat64(this.#skip(8), false);
  }

  bytes(count: number): Uint8Array {
    const from = this.#skip(count);
    return this.#bytes.subarray(from, from + count);
  }

  text(count: number): string {
    return this.#text.decode(this.bytes(count));
  }

  /** Up to the next newline, which is read and left out. */
  line(): string {
    const end = this.#bytes.indexOf(10, this.at);
    if (end < 0) throw new SyntaxError(`it is cut off: byte ${this.at} begins a line without end`);
    const line = this.text(end - this.at);
    this.at = end + 1;
    return line;
  }

  /** A signed whole number of so many bytes; a bigint where a number is not exact. */
  integer(count: number): number | bigint {
    const bytes = this.bytes(count);
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) value = value << 8n | BigInt(bytes[i]!);
    return smallest(BigInt.asIntN(8 * count, value));
  }
}

/** A number where it is exact, else the bigint. */
export function smallest(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
