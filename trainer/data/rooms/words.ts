/** A growing list of 32-bit words. */
export class Words {
  #words = new Uint32Array(1 << 14);
  length = 0;

  push(word: number): void {
    if (this.length === this.#words.length) this.#grow(this.length + 1);
    this.#words[this.length++] = word;
  }

  set(at: number, word: number): void {
    this.#words[at] = word;
  }

  /** Append `count` zeros; returns where they start. */
  reserve(count: number): number {
    const at = this.length;
    this.#grow(at + count);
    this.#words.fill(0, at, at + count);
    this.length = at + count;
    return at;
  }

  append(words: Uint32Array): number {
    const at = this.reserve(words.length);
    this.#words.set(words, at);
    return at;
  }

  array(): Uint32Array<ArrayBuffer> {
    return this.#words.slice(0, this.length);
  }

  #grow(length: number): void {
    if (length <= this.#words.length) return;
    const more = new Uint32Array(Math.max(length, this.#words.length * 2));
    more.set(this.#words);
    this.#words = more;
  }
}
