/** A number for each code point: a table of runs, which are their length less one and their value by turns. */
import { readNumbers } from './read-numbers.ts';

export class ValueRuns {
  /** Where each run ends. */
  readonly #ends: Int32Array;
  readonly #values: Int32Array;
  /** Values of the first 65,536 code points, which most texts consist of. */
  readonly #first: Uint16Array = new Uint16Array(0x10000);

  constructor(table: string) {
    const numbers = readNumbers(table);
    this.#ends = new Int32Array(numbers.length / 2);
    this.#values = new Int32Array(numbers.length / 2);
    let at = 0;
    for (let run = 0; run < this.#ends.length; run++) {
      const end = at + (numbers[2 * run] as number) + 1;
      this.#ends[run] = end;
      this.#values[run] = numbers[2 * run + 1] as number;
      this.#first.fill(this.#values[run] as number, at, end);
      at = end;
    }
  }

  at(point: number): number {
    return point < this.#first.length ? (this.#first[point] as number) : this.#search(point);
  }

  #search(point: number): number {
    let low = 0;
    let high = this.#ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] as number) <= point) low = middle + 1;
      else high = middle;
    }
    return this.#values[low] as number;
  }
}
