/** A hash table in typed arrays: 64-bit key -> a small whole number of its own. A million keys take 24 MB. */
import type { GramHash } from './gram-hash.ts';

export class GramTable {
  #low: Uint32Array;
  #high: Uint32Array;
  /** Number of the key + 1; 0 = the place is free. */
  #numbers: Uint32Array;
  #size = 0;

  constructor(expected = 1024) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 2)));
    this.#low = new Uint32Array(places);
    this.#high = new Uint32Array(places);
    this.#numbers = new Uint32Array(places);
  }

  get size(): number {
    return this.#size;
  }

  /** The number of a key: keys are counted in the order in which they came, from 0. -1 where it never came. */
  numberOf(key: GramHash): number {
    return (this.#numbers[this.#placeOf(key)] as number) - 1;
  }

  /** The number of a key, which is taken in where it is new. */
  add(key: GramHash): number {
    const place = this.#placeOf(key);
    const known = this.#numbers[place] as number;
    if (known > 0) return known - 1;
    this.#low[place] = key.low;
    this.#high[place] = key.high;
    this.#numbers[place] = this.#size + 1;
    this.#size += 1;
    if (this.#size * 2 > this.#numbers.length) this.#grow();
    return this.#size - 1;
  }

  /** Where the key is, or the free place where it belongs. */
  #placeOf({ low, high }: GramHash): number {
    const mask = this.#numbers.length - 1;
    let place = low & mask;
    while (this.#numbers[place] !== 0 && (this.#low[place] !== low || this.#high[place] !== high))
      place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const [low, high, numbers] = [this.#low, this.#high, this.#numbers];
    this.#low = new Uint32Array(2 * low.length);
    this.#high = new Uint32Array(2 * high.length);
    this.#numbers = new Uint32Array(2 * numbers.length);
    for (const [old, number] of numbers.entries()) {
      if (number === 0) continue;
      const place = this.#placeOf({ low: low[old] as number, high: high[old] as number });
      this.#low[place] = low[old] as number;
      this.#high[place] = high[old] as number;
      this.#numbers[place] = number;
    }
  }
}
