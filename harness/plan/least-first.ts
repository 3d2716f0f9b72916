/** A queue that gives the least of its numbers first: a binary heap. */
export class LeastFirst {
  /** No number is less than the one at half its position. The first place is empty. */
  readonly #numbers: number[] = [-Infinity];

  add(number: number): void {
    let at = this.#numbers.length;
    for (; this.#at(at >> 1) > number; at >>= 1) this.#numbers[at] = this.#at(at >> 1);
    this.#numbers[at] = number;
  }

  /** null where there is none. */
  take(): number | null {
    const last = this.#numbers.length - 1;
    if (last === 0) return null;
    const least = this.#at(1);
    const number = this.#numbers.pop() as number;
    if (last > 1) this.#sink(number);
    return least;
  }

  /** Puts a number in the first place, and those that are less before it. */
  #sink(number: number): void {
    let at = 1;
    for (let next = 2; next < this.#numbers.length; next = 2 * at) {
      if (this.#at(next + 1) < this.#at(next)) next += 1;
      if (this.#at(next) >= number) break;
      this.#numbers[at] = this.#at(next);
      at = next;
    }
    this.#numbers[at] = number;
  }

  #at(place: number): number {
    return this.#numbers[place] ?? Infinity;
  }
}
