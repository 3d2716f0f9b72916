/**
 * Rankers that understand nothing: the shortcuts a preference task must not have. The report prints how each scores;
 * near 0.5 means no shortcut. Every row stands for its opposite too (the smallest instead of the largest scores 1 -
 * accuracy). Rows that read the ORDER of the prompt are listed apart: they copy, which is a small part of the skill
 * itself, so they may score above 0.5.
 */
import { clusteredShare } from '../../stats/index.ts';
import type { PreferencePair } from '../preference-pair.ts';

export interface TrivialRanker {
  readonly name: string;
  readonly reads: 'response' | 'prompt words' | 'prompt order';
  /** The response with the larger score is preferred. */
  score(prompt: string, response: string): number;
}

const symbols = [...'0123456789abcdefghijklmnopqrstuvwxyzAB+-*/=<>!&|?:;,.()[]{} \n'];

export const trivialRankers: readonly TrivialRanker[] = [
  response('longest', (text) => text.length),
  response('most distinct characters', (text) => new Set(text).size),
  response('most pieces', (text) => pieces(text).length),
  response('most distinct pieces', (text) => new Set(pieces(text)).size),
  response('most repeated pieces', (text) => pieces(text).length - new Set(pieces(text)).size),
  response('most repeated neighbours', (text) => bigrams(text).length - new Set(bigrams(text)).size),
  response('most lines', (text) => text.split('\n').length),
  response('lexicographic: first response', lexicographic),
  response('lexicographic: from the end', (text) => lexicographic([...text].toReversed().join(''))),
  response('sum of digits', (text) => numbersIn(text.replaceAll(/\d/g, '$& ')).reduce((sum, digit) => sum + digit, 0)),
  response('sum of numbers', (text) => numbersIn(text).reduce((sum, value) => sum + value, 0)),
  response('largest number', (text) => Math.max(0, ...numbersIn(text))),
  response('first number', (text) => numbersIn(text)[0] ?? 0),
  response('final number', (text) => numbersIn(text).at(-1) ?? 0),
  response('final number is even', (text) => ((numbersIn(text).at(-1) ?? 0) + 1) % 2),
  response('ends in true', (text) => text.lastIndexOf('true')),
  response('position of the first minus', (text) => text.indexOf('-')),
  response('position of the last minus', (text) => text.lastIndexOf('-')),
  response('starts with a minus', (text) => (text.startsWith('-') ? 1 : 0)),
  ...symbols.map((symbol) => response(`count of ${JSON.stringify(symbol)}`, (text) => text.split(symbol).length)),
  bag('shared characters', (prompt, text) => overlap([...prompt], [...text])),
  bag(
    'shared distinct characters',
    (prompt, text) => new Set([...text].filter((symbol) => prompt.includes(symbol))).size,
  ),
  bag('shared pieces', (prompt, text) => overlap(pieces(prompt), pieces(text))),
  bag('shared distinct pieces', (prompt, text) => sharedDistinct(pieces(prompt), pieces(text))),
  bag(
    'share of response pieces found in the prompt',
    (prompt, text) => pieces(text).filter((piece) => pieces(prompt).includes(piece)).length / pieces(text).length,
  ),
  bag(
    'share of prompt pieces found in the response',
    (prompt, text) => pieces(prompt).filter((piece) => pieces(text).includes(piece)).length,
  ),
  bag('final number is in the prompt', (prompt, text) =>
    numbersIn(prompt).includes(numbersIn(text).at(-1) ?? -1) ? 1 : 0,
  ),
  bag(
    'as many minus signs as the prompt',
    (prompt, text) => -Math.abs(prompt.split('-').length - text.split('-').length),
  ),
  bag("sum of digits near the prompt's", (prompt, text) => -Math.abs(digitSum(prompt) - digitSum(text))),
  bag('most new pieces', (prompt, text) => pieces(text).filter((piece) => !pieces(prompt).includes(piece)).length),
  order('shared neighbouring characters', (prompt, text) => overlap(bigrams(prompt), bigrams(text))),
  order('shared neighbouring pieces', (prompt, text) => overlap(pairsOf(pieces(prompt)), pairsOf(pieces(text)))),
  order("first piece equals the prompt's", (prompt, text) =>
    pieces(prompt).find(isWord) === pieces(text).find(isWord) ? 1 : 0,
  ),
  order("last number equals the prompt's", (prompt, text) =>
    numbersIn(prompt).at(-1) === numbersIn(text).at(-1) ? 1 : 0,
  ),
  order('longest common subsequence', commonSubsequence),
];

/** Share of pairs in which the ranker prefers the chosen response; a tie counts one half. NaN for no pairs. */
export function rankerAccuracy(ranker: TrivialRanker, pairs: readonly PreferencePair[]): number {
  return creditsOf(ranker, pairs).reduce((sum, credit) => sum + credit, 0) / pairs.length;
}

/** What a ranker scores on pairs, in the direction (it or its opposite) that is right more often. */
export interface RankerResult {
  readonly name: string;
  readonly reads: TrivialRanker['reads'];
  /** The opposite of the ranker was right more often. */
  readonly isOpposite: boolean;
  readonly accuracy: number;
  /** 95 %, robust to pairs of one group being alike; null for fewer than two groups. */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * What a ranker reads, and its name or that of its opposite, as they stand in the name of a metric. Different rankers
 * have different ones.
 */
export function rankerKey({ reads, name, isOpposite }: Omit<RankerResult, 'accuracy' | 'low' | 'high'>): string {
  const rule = `${isOpposite ? 'opposite of ' : ''}${name.replaceAll('"', '')}`;
  return `${reads}/${rule}`.replaceAll(' ', '_');
}

/** Of every ranker, in their order; none for no pairs. */
export function rankerResults(pairs: readonly PreferencePair[]): readonly RankerResult[] {
  if (pairs.length === 0) return [];
  const groups = pairs.map(({ group }) => group);
  return trivialRankers.map((ranker) => {
    const credits = creditsOf(ranker, pairs);
    const isOpposite = credits.reduce((sum, credit) => sum + credit, 0) / pairs.length < 0.5;
    const own = isOpposite ? credits.map((credit) => 1 - credit) : credits;
    const { share, interval } = clusteredShare(own, groups);
    const { name, reads } = ranker;
    return { name, reads, isOpposite, accuracy: share, low: interval?.low ?? null, high: interval?.high ?? null };
  });
}

/** The one that copies best in all families. */
const namedRanker = 'longest common subsequence';

/**
 * The results that stand beside every accuracy: the best ranker that reads the response alone, the best that reads the
 * words of the prompt, the best that reads their order, and the longest common subsequence.
 */
export function lastingRankers(results: readonly RankerResult[]): readonly RankerResult[] {
  const best = (['response', 'prompt words', 'prompt order'] as const).flatMap(
    (reads) => results.filter((result) => result.reads === reads).toSorted((a, b) => b.accuracy - a.accuracy)[0] ?? [],
  );
  return [...new Set([...best, ...results.filter(({ name }) => name === namedRanker)])];
}

/** 1 where the ranker prefers the chosen response, one half for a tie. */
function creditsOf(ranker: TrivialRanker, pairs: readonly PreferencePair[]): readonly number[] {
  return pairs.map(({ prompt, chosen, rejected }) => {
    const difference = ranker.score(prompt, chosen) - ranker.score(prompt, rejected);
    if (difference === 0) return 0.5;
    return difference > 0 ? 1 : 0;
  });
}

function response(name: string, score: (text: string) => number): TrivialRanker {
  return { name, reads: 'response', score: (_prompt, text) => score(text) };
}

function bag(name: string, score: (prompt: string, text: string) => number): TrivialRanker {
  return { name, reads: 'prompt words', score };
}

function order(name: string, score: (prompt: string, text: string) => number): TrivialRanker {
  return { name, reads: 'prompt order', score };
}

/** Words, numbers, and single other symbols; blanks are none. */
function pieces(text: string): string[] {
  return text.match(/[A-Za-z]+|\d+|&&|\|\||[^\sA-Za-z\d]/g) ?? [];
}

function isWord(piece: string): boolean {
  return /^[A-Za-z\d]/.test(piece);
}

function numbersIn(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map(Number);
}

function digitSum(text: string): number {
  return (text.match(/\d/g) ?? []).reduce((sum, digit) => sum + Number(digit), 0);
}

function bigrams(text: string): string[] {
  return pairsOf([...text]);
}

function pairsOf(list: readonly string[]): string[] {
  return list.slice(1).map((next, i) => `${list[i]} ${next}`);
}

/** Size of the common multiset. */
function overlap(a: readonly string[], b: readonly string[]): number {
  const left = new Map<string, number>();
  for (const element of a) left.set(element, (left.get(element) ?? 0) + 1);
  let shared = 0;
  for (const element of b) {
    const count = left.get(element) ?? 0;
    if (count === 0) continue;
    left.set(element, count - 1);
    shared += 1;
  }
  return shared;
}

function sharedDistinct(a: readonly string[], b: readonly string[]): number {
  const other = new Set(a);
  return new Set(b.filter((element) => other.has(element))).size;
}

/**
 * A number that orders texts by character code, the first in the alphabet highest; differences after some seven
 * characters are lost to rounding.
 */
function lexicographic(text: string): number {
  let value = 0;
  for (let i = 0; i < text.length; i++) value -= Math.min(127, text.charCodeAt(i)) * 128 ** -i;
  return value;
}

function commonSubsequence(a: string, b: string): number {
  let previous = Array.from<number>({ length: b.length + 1 }).fill(0);
  for (const symbol of a) {
    const row = [0];
    for (let j = 0; j < b.length; j++)
      row.push(symbol === b[j] ? (previous[j] ?? 0) + 1 : Math.max(previous[j + 1] ?? 0, row[j] ?? 0));
    previous = row;
  }
  return previous.at(-1) ?? 0;
}
