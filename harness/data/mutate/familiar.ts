/**
 * How familiar words and neighbouring words are: how often the functions before had them. People write what they have
 * written before, and a mistake brings words together that never stood together; the tilt has no weights for words
 * that it has not met, but it can balance how familiar they are.
 */
import {
  addWords,
  featureCount,
  wordsOf,
  type Differences,
  type SparseDifference,
} from '../rankers/word-differences.ts';

/** Occurrences by feature of the linear ranker, up to 65,535. */
export type Familiar = Uint16Array;

export function nothingFamiliar(): Familiar {
  return new Uint16Array(featureCount);
}

/** Counts the words of a body, after its mutants have been made: they must not be familiar from it. */
export function remember(familiar: Familiar, body: string): void {
  const counts: Differences = new Map();
  addWords(counts, wordsOf(body), 1);
  for (const [feature, count] of counts) familiar[feature] = Math.min(65_535, (familiar[feature] as number) + count);
}

/** Upper ends of the classes: never met, once, ... */
const classes = [0, 1, 3, 10, 50, Infinity];

/** Of words and of neighbours, one a class. */
export const familiarFeatures = 2 * classes.length;

/** Sign of chosen minus rejected for each: has it more words that have never been met, that were met once, ... */
export function familiarSigns({ indices, values }: SparseDifference, familiar: Familiar): Int8Array {
  const sums = new Float64Array(familiarFeatures);
  for (let i = 0; i < indices.length; i++) {
    const feature = indices[i] as number;
    const count = familiar[feature] as number;
    const index = 2 * classes.findIndex((upper) => count <= upper) + (feature % 2);
    sums[index] = (sums[index] as number) + (values[i] as number);
  }
  return Int8Array.from(sums, Math.sign);
}
