/**
 * A trigram language model over pieces of code: interpolated Kneser-Ney (Chen and Goodman 1999, section 2.7) with one
 * discount. What it prefers is what looks usual; that takes no reading of the prompt.
 */
import { GramTable } from '../contamination/gram-table.ts';
import { wordsOf } from '../rankers/linear-ranker.ts';

const discount = 0.75;
/** Ids that no piece has. */
const start = 0;
const end = 1;
const unknown = 2;
const firstPiece = 3;

export class TrigramModel {
  readonly #pieces = new Map<string, number>();
  readonly #bigrams = new Counted();
  readonly #trigrams = new Counted();
  /** By bigram ab: how often it was followed, by how many different pieces; before how many it stood at the end. */
  readonly #followed = new Counts();
  readonly #followers = new Counts();
  readonly #predecessors = new Counts();
  /** By piece b: bigrams in the middle position, their different followers, and different pieces before it. */
  readonly #middle = new Counts();
  readonly #middleFollowers = new Counts();
  readonly #before = new Counts();
  #bigramKinds = 0;

  learn(text: string): void {
    let [a, b] = [start, start];
    for (const piece of wordsOf(text)) {
      const c = this.#idOf(piece);
      this.#count(a, b, c);
      [a, b] = [b, c];
    }
    this.#count(a, b, end);
  }

  /** Mean natural logarithm of the probability of a piece, the end included. */
  meanLogProbability(text: string): number {
    let [a, b] = [start, start];
    let sum = 0;
    const pieces = wordsOf(text);
    for (const piece of pieces) {
      const c = this.#pieces.get(piece) ?? unknown;
      sum += Math.log(this.#trigram(a, b, c));
      [a, b] = [b, c];
    }
    return (sum + Math.log(this.#trigram(a, b, end))) / (pieces.length + 1);
  }

  #idOf(piece: string): number {
    const known = this.#pieces.get(piece);
    if (known !== undefined) return known;
    const id = this.#pieces.size + firstPiece;
    this.#pieces.set(piece, id);
    return id;
  }

  #count(a: number, b: number, c: number): void {
    const context = this.#bigrams.add(a, b).number;
    const ending = this.#bigrams.add(b, c);
    const whole = this.#trigrams.add(context, c);
    if (ending.isNew) {
      this.#before.add(c);
      this.#bigramKinds += 1;
    }
    this.#followed.add(context);
    if (!whole.isNew) return;
    this.#followers.add(context);
    if (this.#predecessors.of(ending.number) === 0) this.#middleFollowers.add(b);
    this.#predecessors.add(ending.number);
    this.#middle.add(b);
  }

  #trigram(a: number, b: number, c: number): number {
    const lower = this.#bigram(b, c);
    const context = this.#bigrams.numberOf(a, b);
    const total = context === -1 ? 0 : this.#followed.of(context);
    if (total === 0) return lower;
    const count = this.#trigrams.countOf(context, c);
    return (Math.max(0, count - discount) + discount * this.#followers.of(context) * lower) / total;
  }

  /** By how many different pieces stood before `bc`, not by how often. */
  #bigram(b: number, c: number): number {
    const lower = this.#unigram(c);
    const total = this.#middle.of(b);
    if (total === 0) return lower;
    const number = this.#bigrams.numberOf(b, c);
    const count = number === -1 ? 0 : this.#predecessors.of(number);
    return (Math.max(0, count - discount) + discount * this.#middleFollowers.of(b) * lower) / total;
  }

  /** With one more for each piece, so that none is impossible. */
  #unigram(c: number): number {
    return (this.#before.of(c) + 1) / (this.#bigramKinds + this.#pieces.size + firstPiece);
  }
}

/** Numbers of things, and how often each was met. */
class Counted {
  readonly #table = new GramTable();
  readonly #counts = new Counts();

  add(first: number, second: number): { readonly number: number; readonly isNew: boolean } {
    const before = this.#table.size;
    const number = this.#table.add(pairKey(first, second));
    this.#counts.add(number);
    return { number, isNew: number === before };
  }

  numberOf(first: number, second: number): number {
    return this.#table.numberOf(pairKey(first, second));
  }

  countOf(first: number, second: number): number {
    const number = this.numberOf(first, second);
    return number === -1 ? 0 : this.#counts.of(number);
  }
}

/** The first half is spread, since a table takes its place from it; the pair stays unique. */
function pairKey(first: number, second: number): { readonly low: number; readonly high: number } {
  return { low: (Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77)) >>> 0, high: first };
}

/** Counts in a typed array that grows. */
class Counts {
  #values = new Uint32Array(1024);

  of(index: number): number {
    return this.#values[index] ?? 0;
  }

  add(index: number): void {
    if (index >= this.#values.length) {
      const larger = new Uint32Array(Math.max(index + 1, 2 * this.#values.length));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[index] = this.of(index) + 1;
  }
}
