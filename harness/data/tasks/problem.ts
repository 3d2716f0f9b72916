/**
 * What a family of generated questions must offer, and the one way wrong solutions are made: by misreading the
 * question.
 *
 * A question is spelled by words. Exchanging two of its words of one kind spells another valid question, and the worked
 * solution of THAT question is a wrong solution of this one: one misreading, with all its consequences carried on. From
 * this follow two laws, which hold exactly and not only on average:
 * 1. Twin law. Every pair (A: x over y) is generated with its twin (B: y over x), so whatever ranks responses without
 * reading the prompt scores 1/2.
 * 2. Exchange law. Twin prompts hold the same words, so whatever reads the prompt only as a bag of words (overlap,
 * counts) scores 1/2 too. Only a ranker that reads the order of the prompt together with the response can do better.
 */
import type { RandomStream } from '../../random/index.ts';

/**
 * Uniform numbers in [0, 1) that choose among presentations of equal meaning (order of entries, of factors); equal for
 * both responses of a pair.
 */
export type Style = readonly number[];
const styleLength = 12;

export interface Solution {
  readonly steps: readonly string[];
  /** Canonical: equal for equal meaning, whatever the style. */
  readonly answer: string;
}

export interface Question {
  readonly prompt: string;
  solve(style: Style): Solution;
}

/** A word of the prompt; only words of one kind can be taken for each other. */
export interface Word {
  readonly kind: string;
  readonly text: string;
}

/** A question with holes, and the words that fill them. */
export interface Frame {
  readonly words: readonly Word[];
  /** The question these words spell; null where they spell none (for example a negative count). */
  read(words: readonly string[]): Question | null;
}

export interface Family {
  /**
   * The least difficulty at which there are forms enough (`formOf`) to train on some and to evaluate on others; null:
   * there are too few at each, so the family is a control.
   */
  readonly formsApartFrom: number | null;
  /** Difficulty 1..5: more words and steps. */
  sample(stream: RandomStream, difficulty: number): Frame;
}

export interface Misreading {
  readonly kind: string;
  readonly question: Question;
  /** What was exchanged, e.g. `sign: + <-> -`. */
  readonly edit: string;
}

export function readFrame(frame: Frame): Question | null {
  return frame.read(frame.words.map((word) => word.text));
}

/** Two words that may be taken for each other: of one kind, and different. */
interface Exchange {
  readonly kind: string;
  readonly i: number;
  readonly j: number;
}

/**
 * All exchanges of a frame. An exchanged frame has as many, so drawing one evenly is symmetric: A misread as B is as
 * likely as B misread as A.
 */
export function exchangesOf(frame: Frame): Exchange[] {
  return frame.words.flatMap(({ kind, text }, i) =>
    frame.words.flatMap((other, j) => (j > i && other.kind === kind && other.text !== text ? [{ kind, i, j }] : [])),
  );
}

/**
 * First the kind, then the words, so that all kinds of mistakes are equally frequent. Null for an empty list.
 */
export function pickByKind<T extends { readonly kind: string }>(items: readonly T[], stream: RandomStream): T | null {
  if (items.length === 0) return null;
  const kind = stream.pick([...new Set(items.map((item) => item.kind))]);
  return stream.pick(items.filter((item) => item.kind === kind));
}

/** The question with two words exchanged; null where they spell none. */
export function exchangeWords(frame: Frame, { kind, i, j }: Exchange): Misreading | null {
  const texts = frame.words.map((word) => word.text);
  const [first, second] = [texts[i] ?? '', texts[j] ?? ''];
  texts[i] = second;
  texts[j] = first;
  const question = frame.read(texts);
  return question === null ? null : { kind, question, edit: `${kind}: ${first} <-> ${second}` };
}

const separators = ['\n', '; ', ', ', ' | '] as const;

/**
 * The response as text. The separator is a matter of style (of its last number), so that candidates of one question
 * differ on the surface.
 */
export function solutionText(solution: Solution, style: Style): string {
  const separator = separators[Math.floor((style[styleLength - 1] ?? 0) * separators.length)] ?? '\n';
  return solution.steps.join(separator);
}

export function drawStyle(stream: RandomStream): Style {
  return Array.from({ length: styleLength }, () => stream.uniform());
}

export const letters: readonly string[] = [...'abcdefghijkmnpqrstuvwxyz'];

/** Takes the next word of a list; a frame reads its words in the order in which it wrote them. */
export function wordReader(words: readonly string[]): () => string {
  let next = 0;
  return () => {
    const word = words[next++];
    if (word === undefined) throw new RangeError(`frame read ${next} words, it has ${words.length}`);
    return word;
  };
}
