/**
 * Trains a byte-level byte-pair encoding (Sennrich et al. 2016; Gage 1994). Ours, because the tokenizer library here
 * encodes but cannot train. Works on distinct pre-tokens with their counts: a merge touches only the words that hold
 * its pair, and a heap of pairs is updated lazily.
 */
import { UserError } from '../../spec/user-error.ts';
import { byteToCharacter, utf8Bytes } from './byte-alphabet.ts';
import { PairHeap } from './pair-heap.ts';
import { splitPreTokens } from './pre-tokens.ts';
import { endToken, toTokenizerJson, type TokenizerJson } from './tokenizer-json.ts';

interface Word {
  symbols: number[];
  readonly count: number;
}

/** Ids stay below 2^16, so left * 2^16 + right is exact. */
const keyBase = 65_536;
const firstByteId = 1;

/**
 * Learns `vocabSize - 257` merges: most frequent pair first, ties by the lower left id, then the lower right id, so
 * equal texts give equal bytes. Throws `UserError` (exit 2) where the texts hold fewer distinct pairs than that.
 */
export function trainBpe(texts: Iterable<string>, { vocabSize }: { readonly vocabSize: number }): TokenizerJson {
  const pairs = new PairIndex(countWords(texts));
  const tokens = [endToken, ...byteToCharacter];
  const merges: [string, string][] = [];
  while (tokens.length < vocabSize) {
    const pair = pairs.popMostFrequent();
    if (pair === null) throw noPairLeft(vocabSize, tokens.length);
    const merge = pair.map((id) => tokens[id]) as [string, string];
    merges.push(merge);
    pairs.merge(...pair, tokens.length);
    tokens.push(merge.join(''));
  }
  return toTokenizerJson(tokens, merges);
}

function noPairLeft(vocabSize: number, tokens: number): UserError {
  return new UserError(
    `tokenizer.vocabSize ${vocabSize} is more than the corpus can fill: no pair is left after ${tokens} tokens`,
    { exitCode: 2, hint: 'Lower tokenizer.vocabSize or widen the limits of the corpus.' },
  );
}

function countWords(texts: Iterable<string>): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const preToken of splitPreTokens(text)) counts.set(preToken, (counts.get(preToken) ?? 0) + 1);
  }
  return Array.from(counts, ([preToken, count]) => ({
    symbols: Array.from(utf8Bytes(preToken), (byte) => byte + firstByteId),
    count,
  }));
}

/** Counts of adjacent pairs over all words, and in which words each occurs; kept current while pairs are merged. */
class PairIndex {
  private readonly words: readonly Word[];
  private readonly counts = new Map<number, number>();
  /** May name words that no longer hold the pair: they are found out when visited. */
  private readonly wordsOf = new Map<number, Set<number>>();
  private readonly heap = new PairHeap();

  constructor(words: readonly Word[]) {
    this.words = words;
    words.forEach((word, index) => this.change(word, index, 1));
    for (const [key, count] of this.counts) this.heap.push(count, key);
  }

  /** The pair to merge next, or null where no word has two symbols left. */
  popMostFrequent(): [number, number] | null {
    for (let top = this.heap.pop(); top !== null; top = this.heap.pop()) {
      const count = this.counts.get(top.key) ?? 0;
      if (count === top.count) return [Math.floor(top.key / keyBase), top.key % keyBase];
      // The entry is stale: every change pushed a current one.
    }
    return null;
  }

  merge(left: number, right: number, merged: number): void {
    const key = left * keyBase + right;
    const touched = new Set<number>();
    for (const index of this.wordsOf.get(key) ?? []) {
      const word = this.words[index] as Word;
      const symbols = mergeSymbols(word.symbols, left, right, merged);
      if (symbols.length === word.symbols.length) continue;
      this.change(word, index, -1, touched);
      word.symbols = symbols;
      this.change(word, index, 1, touched);
    }
    this.counts.delete(key);
    this.wordsOf.delete(key);
    touched.delete(key);
    this.pushCounts(touched);
  }

  private pushCounts(keys: ReadonlySet<number>): void {
    for (const key of keys) {
      const count = this.counts.get(key) ?? 0;
      if (count > 0) this.heap.push(count, key);
      else this.counts.delete(key);
    }
  }

  private change(word: Word, index: number, sign: 1 | -1, touched?: Set<number>): void {
    for (let i = 0; i + 1 < word.symbols.length; i++) {
      const key = (word.symbols[i] as number) * keyBase + (word.symbols[i + 1] as number);
      this.counts.set(key, (this.counts.get(key) ?? 0) + sign * word.count);
      touched?.add(key);
      if (sign === -1) continue;
      const set = this.wordsOf.get(key);
      if (set === undefined) this.wordsOf.set(key, new Set([index]));
      else set.add(index);
    }
  }
}

/** Replaces each non-overlapping `left right`, from the left. */
function mergeSymbols(symbols: readonly number[], left: number, right: number, merged: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < symbols.length; i++) {
    const isPair = symbols[i] === left && symbols[i + 1] === right;
    result.push(isPair ? merged : (symbols[i] as number));
    if (isPair) i += 1;
  }
  return result;
}
