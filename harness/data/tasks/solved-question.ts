/** Questions with solutions that somebody has labelled as correct or not. Types only. */
import type { FetchOptions } from '../datasets/fetch-file.ts';
import type { Candidate } from '../preference-pair.ts';

/**
 * `source` of a candidate is `<origin>/<model>`: solutions of one origin share their style, those of two may be told
 * apart by it alone.
 */
export interface SolvedQuestion {
  /** Also the group of its pairs: they are not independent, and statistics resample them together. */
  readonly id: string;
  /** Up to where a solution begins. */
  readonly prompt: string;
  readonly candidates: readonly Candidate[];
  readonly subset?: string;
  /** As in `PreferencePair`. */
  readonly language?: string;
}

/** Reads final answers: out of a solution, and into one spelling. null where there is none. */
export interface AnswerReader {
  answerOf(solution: string): string | null;
  normalize(answer: string): string | null;
}

export type ReadOptions = FetchOptions & { readonly answers: AnswerReader };
