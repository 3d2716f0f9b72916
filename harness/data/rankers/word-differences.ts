/**
 * What a ranker without understanding sees of a pair: words, neighbouring words and three counts, as sparse
 * differences. Words come from a scanner and not from a parser: a response of a model need not parse.
 */

/** Chosen minus rejected: feature `indices[i]` by `values[i]`. */
export interface SparseDifference {
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

/** Feature -> difference, while it is summed up. */
export type Differences = Map<number, number>;

/** Two million features: words and neighbours of 100,000 functions rarely share one. */
export const featureCount = 2 ** 21;
/** Even features are words, odd ones neighbours; the last are the counts: characters, words, lines. */
const wordFeatures = featureCount - 4;

/** Words, numbers, signs of several characters, other signs. What lies between quotes is cut in the same way. */
const wordPattern =
  /[\p{L}_$][\p{L}\p{N}_$]*|\d[\w.]*|===|!==|\*\*=|\/\/=|>>>|\.\.\.|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.|\+\+|--|[-+*/%&|^]=|\*\*|\/\/|<<|>>|:=|->|[^\s]/gu;

export function wordsOf(text: string): readonly string[] {
  return text.match(wordPattern) ?? [];
}

/** Start and end of every word, one after the other. */
export function wordRanges(text: string): Int32Array {
  const ranges: number[] = [];
  for (const match of text.matchAll(wordPattern)) ranges.push(match.index, match.index + match[0].length);
  return Int32Array.from(ranges);
}

export function pairDifference(chosen: string, rejected: string): SparseDifference {
  const differences: Differences = new Map();
  const [a, b] = [wordsOf(chosen), wordsOf(rejected)];
  addWords(differences, a, 1);
  addWords(differences, b, -1);
  const lines = chosen.split('\n').length - rejected.split('\n').length;
  addCounts(differences, chosen.length - rejected.length, a.length - b.length, lines);
  return toSparse(differences);
}

/** Adds `sign` for every word and every two neighbours. */
export function addWords(differences: Differences, words: readonly string[], sign: number): void {
  let before = 0;
  for (const word of words) {
    const hash = hashOf(word);
    add(differences, wordFeature(hash), sign);
    add(differences, neighbourFeature(before, hash), sign);
    before = hash;
  }
}

/**
 * Adds `sign` for every mark of a response: features with names of their own. They share the range of the neighbours;
 * the two may meet in one feature, as any two hashes may.
 */
export function addMarks(differences: Differences, marks: readonly string[], sign: number): void {
  for (const mark of marks) add(differences, neighbourFeature(markSalt, hashOf(mark)), sign);
}

/** No word has this hash but by chance. */
const markSalt = 0x5bd1e995;

/** Even for words, odd for neighbours. */
function wordFeature(hash: number): number {
  return (hash % (wordFeatures / 2)) * 2;
}

function neighbourFeature(before: number, hash: number): number {
  return (((Math.imul(before, 0x9e3779b1) ^ Math.imul(hash, 0x85ebca6b)) >>> 0) % (wordFeatures / 2)) * 2 + 1;
}

/** The counts' differences, compressed so that one long pair does not decide: sign(d) log(1 + |d|). */
export function addCounts(
  differences: Differences,
  ...counts: readonly [characters: number, words: number, lines: number, inPromptOrder?: number]
): void {
  for (const [index, difference = 0] of counts.entries())
    add(differences, wordFeatures + index, Math.sign(difference) * Math.log1p(Math.abs(difference)));
}

function add(differences: Differences, feature: number, value: number): void {
  differences.set(feature, (differences.get(feature) ?? 0) + value);
}

export function toSparse(differences: Differences): SparseDifference {
  const entries = [...differences].filter(([, value]) => value !== 0);
  return {
    indices: Int32Array.from(entries, ([index]) => index),
    values: Float32Array.from(entries, ([, value]) => value),
  };
}

export function dot(weights: Float64Array, { indices, values }: SparseDifference): number {
  let sum = 0;
  for (let i = 0; i < indices.length; i++) sum += (weights[indices[i] as number] as number) * (values[i] as number);
  return sum;
}

/** FNV-1a over code units, 32 bits. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
