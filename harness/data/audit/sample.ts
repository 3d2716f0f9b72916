/** A seeded sample of rows that are read once: every row has the same chance, however many come (Vitter's R, 1985). */
import type { RandomStream } from '../../random/index.ts';

export class SampledRows<Row> {
  readonly #size: number;
  readonly #random: RandomStream;
  readonly #kept: { readonly position: number; readonly row: Row }[] = [];
  #seen = 0;

  constructor(size: number, random: RandomStream) {
    this.#size = size;
    this.#random = random;
  }

  see(row: Row): void {
    const position = this.#seen++;
    if (this.#kept.length < this.#size) {
      this.#kept.push({ position, row });
      return;
    }
    const place = this.#random.integer(this.#seen);
    if (place < this.#size) this.#kept[place] = { position, row };
  }

  /** In the order in which they came. */
  rows(): readonly Row[] {
    return this.#kept.toSorted((a, b) => a.position - b.position).map(({ row }) => row);
  }
}
