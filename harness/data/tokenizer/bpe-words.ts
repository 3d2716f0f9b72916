/** Words as sequences of symbols, in which pairs are merged; and the counts of their pairs, kept current. */
import { utf8Bytes } from './byte-alphabet.ts';
import { PairCounts } from './pair-counts.ts';
import { PairHeap } from './pair-heap.ts';

/** Ids stay below 2^16, so left * 2^16 + right is exact and fits 32 bits. */
const keyBase = 65_536;
const firstByteId = 1;

const keyOf = (left: number, right: number): number => left * keyBase + right;

export class BpeWords {
  /** All words, one after the other; a word shrinks in its place. */
  readonly #symbols: Uint16Array;
  readonly #starts: Int32Array;
  readonly #lengths: Int32Array;
  readonly #counts: Float64Array;
  readonly #pairs = new PairCounts();
  readonly #heap = new PairHeap();

  constructor(words: ReadonlyMap<string, number>) {
    const bytes = [...words.keys()].reduce((sum, word) => sum + Buffer.byteLength(word), 0);
    this.#symbols = new Uint16Array(bytes);
    this.#starts = new Int32Array(words.size);
    this.#lengths = new Int32Array(words.size);
    this.#counts = Float64Array.from(words.values());
    this.#fill(words.keys());
    for (const [key, count] of this.#pairs.entries()) this.#heap.push(count, key);
  }

  #fill(words: Iterable<string>): void {
    let end = 0;
    let index = 0;
    for (const word of words) {
      this.#starts[index] = end;
      for (const byte of utf8Bytes(word)) this.#symbols[end++] = byte + firstByteId;
      this.#lengths[index] = end - (this.#starts[index] as number);
      this.#countPairs(index++);
    }
  }

  #countPairs(word: number): void {
    const start = this.#starts[word] as number;
    const end = start + (this.#lengths[word] as number);
    for (let at = start; at + 1 < end; at++) {
      const key = keyOf(this.#symbols[at] as number, this.#symbols[at + 1] as number);
      this.#pairs.add(key, this.#counts[word] as number, word);
    }
  }

  /**
   * The pair to merge next, or null where no word has two symbols left. A count only falls once its symbols are there,
   * so an entry of the heap that is out of date is one that came out too early.
   */
  popMostFrequent(): [left: number, right: number] | null {
    for (let top = this.#heap.pop(); top !== null; top = this.#heap.pop()) {
      const count = this.#pairs.countOf(top.key);
      if (count === top.count) return [Math.floor(top.key / keyBase), top.key % keyBase];
      if (count > 0) this.#heap.push(count, top.key);
    }
    return null;
  }

  /** Puts `merged` in the place of each non-overlapping `left right`, from the left. */
  merge(left: number, right: number, merged: number): void {
    const created: number[] = [];
    this.#pairs.take(keyOf(left, right), (word) => this.#mergeIn(word, { left, right, merged, created }));
    for (const key of created) {
      const count = this.#pairs.countOf(key);
      if (count > 0) this.#heap.push(count, key);
    }
  }

  #mergeIn(word: number, { left, right, merged, created }: Merge): void {
    const symbols = this.#symbols;
    const start = this.#starts[word] as number;
    const end = start + (this.#lengths[word] as number);
    let to = start;
    for (let at = start; at < end; at++, to++) {
      const symbol = symbols[at] as number;
      if (symbol !== left || at + 1 === end || symbols[at + 1] !== right) {
        symbols[to] = symbol;
        continue;
      }
      symbols[to] = merged;
      at += 1;
      const before = to > start ? (symbols[to - 1] as number) : null;
      const after = at + 1 < end ? (symbols[at + 1] as number) : null;
      if (before !== null) this.#exchange(word, keyOf(before, left), keyOf(before, merged), created);
      if (after !== null) this.#exchange(word, keyOf(right, after), keyOf(merged, after), created);
    }
    this.#lengths[word] = to - start;
  }

  /** One pair of the word has become another one. */
  #exchange(word: number, from: number, to: number, created: number[]): void {
    const count = this.#counts[word] as number;
    this.#pairs.subtract(from, count);
    if (this.#pairs.add(to, count, word)) created.push(to);
  }
}

interface Merge {
  readonly left: number;
  readonly right: number;
  readonly merged: number;
  /** Gets the pairs that were not there before. */
  readonly created: number[];
}
