/**
 * The merging of a byte-pair encoding: the pair of the lowest rank first, the leftmost of equal ones, O(n log n) for n
 * symbols. As in the Rust library an entry of the queue is out of date where the pair at its place no longer gives the
 * same token, not where it is no longer the same pair; with two merges that give one token this decides what is merged.
 */
import { NumberHeap } from './number-heap.ts';
import type { PairTable } from './pair-table.ts';

const none = -1;
/** Queue entries are rank * 2^32 + position, exact below 2^53: ranks stay below 2^21. */
const rankUnit = 2 ** 32;
export const mostMerges = 2 ** 21;

export class BpeMerger {
  readonly #ranks: PairTable;
  readonly #results: Int32Array;
  readonly #queue = new NumberHeap();
  #symbols = new Int32Array(256);
  #previous = new Int32Array(256);
  #next = new Int32Array(256);
  #size = 0;

  /** `ranks`: pair of ids -> rank; `results[rank]`: id of the merged token. */
  constructor(ranks: PairTable, results: Int32Array) {
    this.#ranks = ranks;
    this.#results = results;
  }

  clear(): void {
    this.#size = 0;
  }

  add(symbol: number): void {
    if (this.#size === this.#symbols.length) this.#grow();
    this.#symbols[this.#size++] = symbol;
  }

  /** Merges the symbols that were added, and hands out what is left. */
  merge(each: { push(id: number): void }): void {
    this.#link();
    for (let entry = this.#queue.pop(); entry >= 0; entry = this.#queue.pop()) this.#mergeAt(entry);
    for (let at = 0; at < this.#size; at++) {
      const symbol = this.#symbols[at] as number;
      if (symbol !== none) each.push(symbol);
    }
  }

  #link(): void {
    this.#queue.clear();
    const last = this.#size - 1;
    for (let at = 0; at <= last; at++) {
      this.#previous[at] = at - 1;
      this.#next[at] = at === last ? none : at + 1;
      if (at < last) this.#offer(at, at + 1);
    }
  }

  /** Queues the pair of the symbols at two places, if it is a merge. */
  #offer(left: number, right: number): void {
    const rank = this.#ranks.get(this.#symbols[left] as number, this.#symbols[right] as number);
    if (rank !== none) this.#queue.push(rank * rankUnit + left);
  }

  #mergeAt(entry: number): void {
    const rank = Math.floor(entry / rankUnit);
    const at = entry - rank * rankUnit;
    const symbols = this.#symbols;
    const right = this.#next[at] as number;
    if (symbols[at] === none || right === none) return;
    const current = this.#ranks.get(symbols[at] as number, symbols[right] as number);
    const merged = this.#results[rank] as number;
    if (current === none || this.#results[current] !== merged) return;
    symbols[at] = merged;
    symbols[right] = none;
    const after = this.#next[right] as number;
    this.#next[at] = after;
    if (after !== none) this.#previous[after] = at;
    const before = this.#previous[at] as number;
    if (before !== none) this.#offer(before, at);
    if (after !== none) this.#offer(at, after);
  }

  #grow(): void {
    const size = 2 * this.#symbols.length;
    const symbols = new Int32Array(size);
    symbols.set(this.#symbols);
    this.#symbols = symbols;
    this.#previous = new Int32Array(size);
    this.#next = new Int32Array(size);
  }
}
