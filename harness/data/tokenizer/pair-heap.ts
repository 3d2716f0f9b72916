/** A binary max-heap of (count, key): the larger count first, then the smaller key. 12 bytes an entry. */
export interface PairEntry {
  readonly count: number;
  readonly key: number;
}

export class PairHeap {
  #counts = new Float64Array(1024);
  #keys = new Uint32Array(1024);
  #size = 0;

  /** `key`: below 2^32. */
  push(count: number, key: number): void {
    if (this.#size === this.#keys.length) this.#grow();
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!this.#isAfter(parent, count, key)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#set(at, count, key);
  }

  pop(): PairEntry | null {
    if (this.#size === 0) return null;
    const top = { count: this.#counts[0] as number, key: this.#keys[0] as number };
    this.#size -= 1;
    if (this.#size > 0) this.#siftDown(this.#counts[this.#size] as number, this.#keys[this.#size] as number);
    return top;
  }

  #siftDown(count: number, key: number): void {
    let at = 0;
    for (let child = 1; child < this.#size; child = 2 * at + 1) {
      const isRight =
        child + 1 < this.#size &&
        this.#isAfter(child, this.#counts[child + 1] as number, this.#keys[child + 1] as number);
      const next = isRight ? child + 1 : child;
      if (this.#isAfter(next, count, key)) break;
      this.#move(next, at);
      at = next;
    }
    this.#set(at, count, key);
  }

  /** Whether the entry at `at` comes out after (count, key). */
  #isAfter(at: number, count: number, key: number): boolean {
    const own = this.#counts[at] as number;
    return own < count || (own === count && (this.#keys[at] as number) > key);
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#counts[from] as number, this.#keys[from] as number);
  }

  #set(at: number, count: number, key: number): void {
    this.#counts[at] = count;
    this.#keys[at] = key;
  }

  #grow(): void {
    const counts = new Float64Array(2 * this.#size);
    counts.set(this.#counts);
    const keys = new Uint32Array(2 * this.#size);
    keys.set(this.#keys);
    this.#counts = counts;
    this.#keys = keys;
  }
}
