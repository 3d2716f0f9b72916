/**
 * Finds functions that are nearly the same by their MinHash signatures, by locality-sensitive hashing: signatures are
 * cut into 16 bands of 4, and only functions that share a whole band are compared (Leskovec, Rajaraman and Ullman,
 * "Mining of Massive Datasets", 3.4). Two functions with a Jaccard index of 0.7 share a band with a probability of
 * 0.988, two with 0.3 of 0.12. Typed arrays, 200 bytes a function at most beside the signatures.
 */
import type { GrowingRows } from '../storage/growing.ts';
import { signatureSize } from './function-keys.ts';

const bands = 16;
const bandRows = signatureSize / bands;

/** So many are enough to know the cluster of a row: beyond it, a thousand copies would be compared a million times. */
const enough = 32;

/** Rows of signatures that are added one after the other. */
export class SimilarFunctions {
  readonly #signatures: GrowingRows<Uint16Array>;
  /** Of a signature, for two functions that are similar. */
  readonly #minShared: number;
  readonly #mask: number;
  /** Band and hash -> the last row added there, + 1. */
  readonly #heads: Uint32Array;
  /** Band and row -> the row added there before, + 1. */
  readonly #next: Uint32Array;
  /** Row -> for which row it was last compared, + 1. */
  readonly #seen: Uint32Array;

  /** @param similarity The estimated Jaccard index from which on functions are similar. Below 0.5 many are missed. */
  constructor(signatures: GrowingRows<Uint16Array>, similarity: number) {
    this.#minShared = Math.ceil(similarity * signatureSize);
    const rows = signatures.count;
    this.#signatures = signatures;
    const slots = 2 ** Math.ceil(Math.log2(Math.max(2, rows)));
    this.#mask = slots - 1;
    this.#heads = new Uint32Array(bands * slots);
    this.#next = new Uint32Array(bands * rows);
    this.#seen = new Uint32Array(rows);
  }

  /** Added rows that are similar to a row: all of them, or as many as are enough. */
  similarTo(row: number): readonly number[] {
    const similar: number[] = [];
    const own = this.#signatures.blockOf(row);
    const start = this.#signatures.startOf(row);
    for (let band = 0; band < bands; band++) {
      let other = this.#heads[this.#slot(row, band)] ?? 0;
      for (; other > 0; other = this.#next[band * this.#seen.length + other - 1] ?? 0) {
        if (this.#seen[other - 1] === row + 1) continue;
        this.#seen[other - 1] = row + 1;
        if (!this.#areSimilar(own, start, other - 1)) continue;
        if (similar.push(other - 1) === enough) return similar;
      }
    }
    return similar;
  }

  add(row: number): void {
    for (let band = 0; band < bands; band++) {
      const slot = this.#slot(row, band);
      this.#next[band * this.#seen.length + row] = this.#heads[slot] ?? 0;
      this.#heads[slot] = row + 1;
    }
  }

  #slot(row: number, band: number): number {
    const block = this.#signatures.blockOf(row);
    const start = this.#signatures.startOf(row) + band * bandRows;
    let hash = band;
    for (let i = start; i < start + bandRows; i++) {
      hash = Math.imul(hash ^ (block[i] as number), 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    return band * (this.#mask + 1) + (hash & this.#mask);
  }

  #areSimilar(own: Uint16Array, start: number, other: number): boolean {
    const block = this.#signatures.blockOf(other);
    const from = this.#signatures.startOf(other);
    let shared = 0;
    for (let i = 0; i < signatureSize; i++) {
      if (own[start + i] === block[from + i]) shared += 1;
      // Too few are left to reach it.
      else if (shared + signatureSize - 1 - i < this.#minShared) return false;
    }
    return shared >= this.#minShared;
  }
}
