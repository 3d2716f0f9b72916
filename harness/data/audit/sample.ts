/** A seeded sample of rows that are read once: every row has the same chance, however many come (Vitter's R, 1985). */
import { randomStream, type RandomStream } from '../../random/index.ts';
import type { PreferencePair } from '../preference-pair.ts';
import type { Rows } from '../rows.ts';

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

/** Pairs for people to look at: sampled, not picked. Equal for equal pairs, size and seed. */
export async function sampledPairs(
  pairs: Rows<PreferencePair>,
  size: number,
  seed: number,
): Promise<readonly PreferencePair[]> {
  const sample = new SampledRows<PreferencePair>(size, randomStream(seed, 'audit', 'shown'));
  for await (const pair of pairs) sample.see(pair);
  return sample.rows();
}
