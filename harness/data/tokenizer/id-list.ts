/** Token ids of a text as they come: an Int32Array that grows. */
export class IdList {
  #ids = new Int32Array(64);
  #size = 0;

  get length(): number {
    return this.#size;
  }

  push(id: number): void {
    if (this.#size === this.#ids.length) this.#grow(this.#size + 1);
    this.#ids[this.#size++] = id;
  }

  /** `count` ids of `source` from `start` on. */
  pushSome(source: Int32Array, start: number, count: number): void {
    if (this.#size + count > this.#ids.length) this.#grow(this.#size + count);
    for (let index = start; index < start + count; index++) this.#ids[this.#size++] = source[index] as number;
  }

  /** A copy of the ids from `start` on. */
  copy(start = 0): Int32Array<ArrayBuffer> {
    return this.#ids.slice(start, this.#size);
  }

  #grow(least: number): void {
    const larger = new Int32Array(Math.max(least, 2 * this.#ids.length));
    larger.set(this.#ids);
    this.#ids = larger;
  }
}
