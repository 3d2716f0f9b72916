/**
 * By what functions are found to be the same, or nearly: their tokens as a 64-bit hash, the shape that is left when
 * names and literals are taken away, and a MinHash signature of their token 5-grams (Broder, "On the resemblance and
 * containment of documents", 1997).
 */
import { randomStream } from '../../random/index.ts';
import type { Span } from '../language/find-units.ts';
import { lastIndex } from '../language/last-index.ts';

export interface FunctionKeys {
  /** Two words. Equal for functions that differ only in white space, comments or their own name. */
  readonly text: Uint32Array;
  /** Two words. Equal for functions that also differ only in consistently renamed identifiers and in literals. */
  readonly shape: Uint32Array;
  /**
   * The lower half of the least hash of the 5-grams under each permutation: two functions share about as many as the
   * Jaccard index of their 5-grams says.
   */
  readonly signature: Uint16Array;
}

/** Permutations of a signature. With 64 the standard error of an estimate is 0.06 at most. */
export const signatureSize = 64;
const gramTokens = 5;

const [multipliers, increments] = permutations();

/** Affine maps of 32 bits: an odd factor makes each a permutation. */
function permutations(): readonly [Int32Array, Int32Array] {
  const stream = randomStream(0, 'minhash');
  const words = (): Int32Array => Int32Array.from({ length: signatureSize }, () => stream.uint32());
  return [words().map((word) => word | 1), words()];
}

/** Where the tokens of a function lie. Lists are those of the whole file, in source order. */
export interface TokenRange extends Span {
  readonly text: string;
  readonly comments: readonly Span[];
  readonly literals: readonly Span[];
  /** The string that documents the function is no token; null = there is none. */
  readonly docstring: Span | null;
  readonly keywords: ReadonlySet<string>;
}

export function functionKeys(range: TokenRange): FunctionKeys {
  const text = new Uint32Array(2);
  const shape = new Uint32Array(2);
  const names = new Map<number, number>();
  const tokens: number[] = [];
  for (const { start, end, kind } of tokensOf(range)) {
    const [low, high] = hashOf(range.text, start, end);
    tokens.push(low);
    add(text, low, high);
    if (kind === 'name' && !range.keywords.has(range.text.slice(start, end))) {
      const known = names.get(low) ?? names.size;
      names.set(low, known);
      add(shape, 1, known);
    } else if (kind === 'name' || kind === 'sign') add(shape, low, high);
    else add(shape, 2, kind === 'number' ? 0 : 1);
  }
  return { text, shape, signature: signatureOf(tokens) };
}

interface Token extends Span {
  readonly kind: 'name' | 'number' | 'literal' | 'sign';
}

function* tokensOf(range: TokenRange): Generator<Token> {
  const { text, end, comments, literals, docstring } = range;
  let comment = lastIndex(comments, (span) => span.start < range.start) + 1;
  let literal = lastIndex(literals, (span) => span.start < range.start) + 1;
  for (let at = range.start; at < end;) {
    while ((comments[comment]?.end ?? end) <= at) comment += 1;
    while ((literals[literal]?.end ?? end) <= at) literal += 1;
    const inComment = comments[comment];
    const inLiteral = literals[literal];
    if (inComment !== undefined && inComment.start <= at) at = inComment.end;
    else if (inLiteral !== undefined && inLiteral.start <= at) {
      if (inLiteral !== docstring) yield { kind: 'literal', start: at, end: inLiteral.end };
      at = inLiteral.end;
    } else if (isSpace(text.charCodeAt(at))) at += 1;
    else {
      const stop = Math.min(end, inComment?.start ?? end, inLiteral?.start ?? end);
      const token = tokenAt(text, at, stop);
      yield token;
      at = token.end;
    }
  }
}

function tokenAt(text: string, start: number, stop: number): Token {
  const first = text.charCodeAt(start);
  if (!isWord(first)) return { kind: 'sign', start, end: start + 1 };
  let end = start + 1;
  while (end < stop && isWord(text.charCodeAt(end))) end += 1;
  return { kind: first >= 48 && first <= 57 ? 'number' : 'name', start, end };
}

/** Letters, digits, `_`, `$`, and everything beyond ASCII. */
function isWord(code: number): boolean {
  if (code > 127) return true;
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 36
  );
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** Two hashes of 32 bits (FNV-1a with two factors), both finished. */
function hashOf(text: string, start: number, end: number): readonly [number, number] {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x5bd1e995);
  }
  return [finished(low), finished(high)];
}

/** MurmurHash3's finalizer: every bit depends on all others. */
function finished(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Extends a hash of two words by two more. */
function add(key: Uint32Array, low: number, high: number): void {
  const [first = 0, second = 0] = key;
  key[0] = finished(Math.imul(first, 31) + low);
  key[1] = finished(Math.imul(second, 33) + high + 1);
}

function signatureOf(tokens: readonly number[]): Uint16Array {
  const least = new Uint32Array(signatureSize).fill(0xffffffff);
  const last = Math.max(0, tokens.length - gramTokens);
  for (let start = 0; start <= last; start++) {
    let gram = 0;
    for (let i = start; i < Math.min(tokens.length, start + gramTokens); i++)
      gram = Math.imul(gram, 0x9e3779b1) + (tokens[i] as number);
    lower(least, finished(gram));
  }
  return Uint16Array.from(least);
}

function lower(least: Uint32Array, gram: number): void {
  for (let i = 0; i < signatureSize; i++) {
    const hash = (Math.imul(gram, multipliers[i] as number) + (increments[i] as number)) >>> 0;
    if (hash < (least[i] as number)) least[i] = hash;
  }
}
