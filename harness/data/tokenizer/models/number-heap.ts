/** A binary min-heap of numbers. */
export class NumberHeap {
  #values = new Float64Array(64);
  #size = 0;

  clear(): void {
    this.#size = 0;
  }

  push(value: number): void {
    if (this.#size === this.#values.length) this.#grow();
    const values = this.#values;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if ((values[parent] as number) <= value) break;
      values[at] = values[parent] as number;
      at = parent;
    }
    values[at] = value;
  }

  /** -1 where it is empty. */
  pop(): number {
    if (this.#size === 0) return -1;
    const values = this.#values;
    const top = values[0] as number;
    const last = values[--this.#size] as number;
    const size = this.#size;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && (values[child + 1] as number) < (values[child] as number)) child += 1;
      if ((values[child] as number) >= last) break;
      values[at] = values[child] as number;
      at = child;
    }
    values[at] = last;
    return top;
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#values.length);
    larger.set(this.#values);
    this.#values = larger;
  }
}
