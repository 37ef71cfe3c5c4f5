/** Reads `events.jsonl` from any line on, and again and again while it grows. */

/** One whole line with its number, counted from 1. */
export interface NumberedLine {
  readonly id: number;
  readonly text: string;
}

const CHUNK = 1 << 18;

/** Where a reader of a growing file stands. A last line without its newline waits until it is whole. */
export class EventTail {
  readonly #path: string;
  #offset = 0;
  #line = 0;
  #after: number;
  #rest = new Uint8Array(0);
  #modified = 0;

  /**
   * The file may not exist yet.
   *
   * @param after lines up to this number are skipped
   */
  constructor(path: string, after = 0) {
    this.#path = path;
    this.#after = after;
  }

  /** Lines read so far. */
  get line(): number {
    return this.#line;
  }

  /** When the file was last written or touched, at the last reading, ms since 1970; 0 before any. */
  get modified(): number {
    return this.#modified;
  }

  /**
   * The lines that came since the last call, a batch at a time. A file that became shorter is read from its start,
   * with `reset` true on the first batch: it is another run under the same name.
   */
  async *read(): AsyncGenerator<{ lines: NumberedLine[]; reset: boolean }> {
    let file: Deno.FsFile;
    try {
      file = await Deno.open(this.#path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      if (this.#restart()) yield { lines: [], reset: true };
      return;
    }
    try {
      const { size, mtime } = await file.stat();
      this.#modified = mtime?.getTime() ?? 0;
      let reset = size < this.#offset && this.#restart();
      if (reset && size === 0) yield { lines: [], reset };
      await file.seek(this.#offset, Deno.SeekMode.Start);
      const buffer = new Uint8Array(CHUNK);
      for (let n = await file.read(buffer); n !== null; n = await file.read(buffer)) {
        this.#offset += n;
        yield { lines: this.#split(buffer.subarray(0, n)), reset };
        reset = false;
      }
    } finally {
      file.close();
    }
  }

  #restart(): boolean {
    const began = this.#offset > 0;
    this.#offset = this.#line = this.#after = 0;
    this.#rest = new Uint8Array(0);
    return began;
  }

  #split(bytes: Uint8Array): NumberedLine[] {
    const lines: NumberedLine[] = [];
    const decoder = new TextDecoder();
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      if (++this.#line > this.#after) {
        const whole = join(this.#rest, bytes.subarray(start, end));
        lines.push({ id: this.#line, text: decoder.decode(whole) });
      }
      this.#rest = new Uint8Array(0);
      start = end + 1;
    }
    if (start < bytes.length) this.#rest = join(this.#rest, bytes.subarray(start));
    return lines;
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
