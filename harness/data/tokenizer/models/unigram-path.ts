/**
 * Viterbi's algorithm over the tokens of a text, in the order and the float64 arithmetic of the Rust library: the
 * first of equally good ways stays.
 */
import { noUnknownToken } from './model.ts';
import type { ScoredToken } from './scored-tokens.ts';
import { TokenTrie } from './trie.ts';

/** What an unknown character scores below the worst token. */
const unknownPenalty = 10;
const none = -1;

export class BestPath {
  readonly #trie = new TokenTrie();
  readonly #scores: Float64Array;
  readonly #unknownId: number | null;
  readonly #unknownScore: number;
  /** By the place at which a way ends: its score, where its last token starts, and that token. */
  #best = new Float64Array(64);
  #starts = new Int32Array(64);
  #lastIds = new Int32Array(64);

  constructor(tokens: readonly ScoredToken[], ids: ReadonlyMap<string, number>, unknownId: number | null) {
    this.#scores = Float64Array.from(tokens, ([, score]) => score);
    this.#unknownId = unknownId;
    this.#unknownScore = this.#scores.reduce((lowest, score) => Math.min(lowest, score), Infinity) - unknownPenalty;
    for (const [token, id] of ids) this.#trie.add(token, id);
  }

  /** The parts of the best way; unknown characters in a row are one part. */
  cut(text: string): readonly string[] {
    this.#reset(text.length);
    for (let at = 0; at < text.length;) at = this.#extend(text, at);
    return this.#partsOf(text);
  }

  #reset(length: number): void {
    if (length + 1 > this.#best.length) {
      this.#best = new Float64Array(2 * length);
      this.#starts = new Int32Array(2 * length);
      this.#lastIds = new Int32Array(2 * length);
    }
    this.#starts.fill(none, 0, length + 1);
    this.#best[0] = 0;
  }

  /** Continues the best way to `at` with every token that starts there; the place of the next character. */
  #extend(text: string, at: number): number {
    const nextCharacter = at + ((text.codePointAt(at) as number) > 0xffff ? 2 : 1);
    let hasOne = false;
    let node = TokenTrie.start;
    for (let end = at; end < text.length;) {
      node = this.#trie.step(node, text.charCodeAt(end));
      if (node === none) break;
      end += 1;
      const id = this.#trie.idAt(node);
      if (id === none) continue;
      this.#offer(at, end, this.#scores[id] as number, id);
      if (end === nextCharacter) hasOne = true;
    }
    if (!hasOne) this.#offerUnknown(text, at, nextCharacter);
    return nextCharacter;
  }

  #offer(at: number, end: number, score: number, id: number): void {
    const total = score + (this.#best[at] as number);
    if (this.#starts[end] !== none && !(total > (this.#best[end] as number))) return;
    this.#best[end] = total;
    this.#starts[end] = at;
    this.#lastIds[end] = id;
  }

  #offerUnknown(text: string, at: number, end: number): void {
    const total = this.#unknownScore + (this.#best[at] as number);
    const isTaken = this.#starts[end] === none || total > (this.#best[end] as number);
    if (isTaken && this.#unknownId === null) throw noUnknownToken(text, null);
    this.#offer(at, end, this.#unknownScore, this.#unknownId ?? none);
  }

  #partsOf(text: string): readonly string[] {
    const parts: string[] = [];
    let unknownEnd = none;
    for (let end = text.length; end > 0; end = this.#starts[end] as number) {
      const start = this.#starts[end] as number;
      const isUnknown = this.#lastIds[end] === this.#unknownId;
      if (isUnknown && unknownEnd === none) unknownEnd = end;
      if (!isUnknown && unknownEnd !== none) {
        parts.push(text.slice(end, unknownEnd));
        unknownEnd = none;
      }
      if (!isUnknown) parts.push(text.slice(start, end));
    }
    if (unknownEnd !== none) parts.push(text.slice(0, unknownEnd));
    return parts.reverse();
  }
}
