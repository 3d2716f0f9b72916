/** Distinct pre-tokens of a corpus with their counts, taken text by text. */
import { splitPreTokens } from './pre-tokens.ts';

/** Where counting becomes approximate: distinct pre-tokens, and the characters in them. */
export interface WordLimits {
  readonly words: number;
  readonly characters: number;
}

/**
 * 100 MB of code have half a million distinct pre-tokens of 6 million characters. Beyond these limits (about 400 MB of
 * memory) the rarest are forgotten, as in lossy counting (Manku and Motwani 2002): what a tokenizer learns depends on
 * the frequent ones.
 */
export const wordLimits: WordLimits = { words: 2 ** 22, characters: 2 ** 27 };

/** Longer slices keep the whole text they were cut from in memory, so the first of each is copied. */
const shortestSlice = 13;

export class WordCounts {
  readonly #counts = new Map<string, number>();
  readonly #limits: WordLimits;
  #characters = 0;

  constructor(limits: WordLimits = wordLimits) {
    this.#limits = limits;
  }

  add(text: string): void {
    for (const word of splitPreTokens(text)) {
      const count = this.#counts.get(word);
      if (count !== undefined) this.#counts.set(word, count + 1);
      else this.#addNew(word);
    }
    if (this.#isFull(1)) this.#forgetRarest();
  }

  /** In the order in which they were first seen. */
  entries(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  #addNew(word: string): void {
    this.#counts.set(word.length < shortestSlice ? word : copyOf(word), 1);
    this.#characters += word.length;
  }

  /** Whether more than this share of the limits is taken. */
  #isFull(share: number): boolean {
    const { words, characters } = this.#limits;
    return this.#counts.size > share * words || this.#characters > share * characters;
  }

  /** Those seen once, then those seen twice, and so on, until half of the room is free. */
  #forgetRarest(): void {
    for (let rarest = 1; this.#isFull(1 / 2); rarest++) {
      for (const [word, count] of this.#counts) {
        if (count > rarest) continue;
        this.#counts.delete(word);
        this.#characters -= word.length;
      }
    }
  }
}

function copyOf(word: string): string {
  return Buffer.from(word, 'utf16le').toString('utf16le');
}
