/** Questions with solutions that somebody has labelled as correct or not. Types only. */
import type { FetchOptions } from '../datasets/fetch-file.ts';
import type { Grading } from '../grading/grade-candidates.ts';
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
  /** The right answer as the dataset has it; null where it has none. */
  readonly reference: string | null;
  readonly candidates: readonly Candidate[];
  readonly subset?: string;
  /** As in `PreferencePair`. */
  readonly language?: string;
}

/** Where the data come from, and who reads their answers. */
export type ReadOptions = FetchOptions & Grading;
