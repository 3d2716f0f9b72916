/**
 * What a ranker sees of a pair when it reads the prompt only to copy from it: the words of the responses as in
 * `word-differences.ts`, and the responses spelled anew, each piece that stands in the prompt by its place there. So
 * spelled, `a*b-a*c` for `a*(b-c)` and `x*y-x*z` for `x*(y-z)` are the same text.
 */
import type { PreferencePair } from '../preference-pair.ts';
import {
  addCounts,
  addMarks,
  addWords,
  toSparse,
  wordsOf,
  type Differences,
  type SparseDifference,
} from './word-differences.ts';

export function copyDifference({
  prompt,
  chosen,
  rejected,
}: Pick<PreferencePair, 'prompt' | 'chosen' | 'rejected'>): SparseDifference {
  const differences: Differences = new Map();
  const [words, a, b] = [wordsOf(prompt), wordsOf(chosen), wordsOf(rejected)];
  const places = new Places(words);
  const inOrder = commonSubsequence(prompt, chosen) - commonSubsequence(prompt, rejected);
  for (const [response, sign] of [
    [a, 1],
    [b, -1],
  ] as const) {
    addWords(differences, response, sign);
    addMarks(differences, marksOf(response, places), sign);
  }
  const lines = chosen.split('\n').length - rejected.split('\n').length;
  addCounts(differences, chosen.length - rejected.length, a.length - b.length, lines, inOrder);
  return toSparse(differences);
}

const mostSigns = 40;

/** Where the words of a prompt stand. */
class Places {
  /** Word -> the number of its first occurrence. */
  readonly of: ReadonlyMap<string, number>;
  /** Its first signs, without words and numbers: what kind of question it is. */
  readonly signs: string;
  /** Neighbouring words, as one text each. */
  readonly neighbours: ReadonlySet<string>;

  constructor(words: readonly string[]) {
    const first = new Map<string, number>();
    for (const [place, word] of words.entries()) if (!first.has(word)) first.set(word, place);
    this.of = first;
    this.signs = words
      .filter((word) => !/[\p{L}\p{N}]/u.test(word))
      .slice(0, mostSigns)
      .join('');
    this.neighbours = new Set(words.slice(1).map((word, index) => neighboursText(words[index] ?? '', word)));
  }
}

/** Names of features that a response has, each as often as it has them. */
function marksOf(response: readonly string[], { of, signs, neighbours }: Places): readonly string[] {
  const spelled = response.map((word) => (of.has(word) ? `#${of.get(word)}` : word));
  const copied = response.flatMap((word) => of.get(word) ?? []);
  return [
    ...spelled,
    ...ngrams(spelled, 2),
    // What is right depends on the kind of question: behind `a-(` the signs turn.
    ...ngrams(spelled, 2).map((ngram) => `${signs}\u0001${ngram}`),
    ...ngrams(spelled, 3),
    ...copied.slice(1).map((place, index) => orderMark(copied[index] ?? 0, place)),
    ...response.map((word) => (of.has(word) ? 'copied word' : 'new word')),
    ...response
      .slice(1)
      .map((word, index) =>
        neighbours.has(neighboursText(response[index] ?? '', word)) ? 'copied neighbours' : 'new neighbours',
      ),
  ];
}

/** How two copied words that follow each other stand in the prompt. */
function orderMark(before: number, place: number): string {
  if (place === before) return 'copied again';
  return place > before ? 'in the order of the prompt' : 'against the order of the prompt';
}

function ngrams(words: readonly string[], length: number): readonly string[] {
  return Array.from({ length: Math.max(0, words.length - length + 1) }, (_, start) =>
    words.slice(start, start + length).join('\u0001'),
  );
}

function neighboursText(first: string, second: string): string {
  return `${first}\u0001${second}`;
}

/** Characters that are compared of a text: the time grows with the square of this. */
const mostCharacters = 400;

/** How many characters of the prompt the response has, in the order of the prompt. */
function commonSubsequence(prompt: string, response: string): number {
  const [outer, inner] = [prompt.slice(0, mostCharacters), response.slice(0, mostCharacters)];
  let [above, row] = [new Int32Array(inner.length + 1), new Int32Array(inner.length + 1)];
  for (let o = 0; o < outer.length; o++) {
    const character = outer.charCodeAt(o);
    for (let i = 0; i < inner.length; i++)
      row[i + 1] =
        character === inner.charCodeAt(i)
          ? (above[i] as number) + 1
          : Math.max(above[i + 1] as number, row[i] as number);
    [above, row] = [row, above];
  }
  return above[inner.length] as number;
}
