/** Hashes of runs of words, each from the one before it: a text of n words costs n steps, whatever the run's length. */

/** Two independent 32-bit halves. */
export interface GramHash {
  readonly low: number;
  readonly high: number;
}

const multipliers = [0x9e3779b1, 0x85ebca77] as const;

/** Hash of every run of `size` words, in order. A text of fewer words has none. */
export function gramHashes(words: readonly string[], size: number): readonly GramHash[] {
  const [lowOf, highOf] = [rolling(size, multipliers[0]), rolling(size, multipliers[1])];
  const hashes = words.map(rememberedHash);
  const grams: GramHash[] = [];
  for (let index = 0; index < hashes.length; index++) {
    const hash = hashes[index] as GramHash;
    const gone = hashes[index - size] ?? noWord;
    const low = lowOf(hash.low, gone.low);
    const high = highOf(hash.high, gone.high);
    if (index >= size - 1) grams.push({ low: mixed(low), high: mixed(high) });
  }
  return grams;
}

/** Most words of a corpus are few: they are hashed once. */
const remembered = new Map<string, GramHash>();
const mostRemembered = 100_000;

function rememberedHash(word: string): GramHash {
  const known = remembered.get(word);
  if (known !== undefined) return known;
  if (remembered.size === mostRemembered) remembered.clear();
  const hash = wordHash(word);
  remembered.set(word, hash);
  return hash;
}

/** Of a whole text. */
export function textHash(text: string): GramHash {
  const { low, high } = wordHash(text);
  return { low: mixed(low), high: mixed(high) };
}

const noWord: GramHash = { low: 0, high: 0 };

/** Polynomial of the last `size` values modulo 2^32. */
function rolling(size: number, multiplier: number): (value: number, gone: number) => number {
  let power = 1;
  for (let i = 0; i < size; i++) power = Math.imul(power, multiplier);
  let sum = 0;
  return (value, gone) => {
    sum = (Math.imul(sum, multiplier) + value - Math.imul(gone, power)) | 0;
    return sum;
  };
}

/** FNV-1a from two starting points, so that the halves say different things of one word. */
function wordHash(word: string): GramHash {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let i = 0; i < word.length; i++) {
    const code = word.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x5bd1e995) + i;
  }
  return { low: mixed(low), high: mixed(high) };
}

/** The finalizer of MurmurHash3: every bit of the input reaches every bit of the result. */
function mixed(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
