/** What is compared, and what comes out of it. Types only. */
import type { Rows } from '../rows.ts';

/**
 * What makes two questions the same one. `exact`: they are equal after normalization. `words`: they are, or they share
 * 13 words in a row. Questions that a generator makes from templates share their wording by design, so `exact` is all
 * that can be asked of them.
 */
export type Sameness = 'exact' | 'words';

/** A question of the data that a model is evaluated on. */
export interface EvaluationQuestion {
  /** `dev`, `test` or `pool`. */
  readonly set: string;
  readonly id: string;
  readonly group: string;
  readonly question: string;
}

/** A row of the data that a model is trained on. */
export interface TrainingText {
  readonly id: string;
  readonly group: string;
  readonly question: string;
  /** What else the model reads in this row: its responses. */
  readonly others: readonly string[];
}

/** Data that a model is trained on, by the name under which an experiment may accept its overlaps. */
export interface TrainingSource {
  readonly name: string;
  readonly rows: Rows<TrainingText>;
}

/** A question of the evaluation that stands in the training data too. */
export interface Overlap {
  readonly kind: 'exact' | '13 words';
  readonly set: string;
  readonly questionId: string;
  readonly questionGroup: string;
  /** The first training row that has it. */
  readonly trainingId: string;
  readonly trainingGroup: string;
  /** The 13 words, or the whole question (at most 300 characters). */
  readonly shared: string;
  /** Of the question's runs of 13 words, the share that the training data have too: 1 where it is exact. */
  readonly share: number;
  /** Entry of `accept` that allows it; null = nothing does. */
  readonly acceptedBy: string | null;
}

/** What one source of training data has in common with the evaluation. */
export interface SourceContamination {
  readonly name: string;
  /** Rows read, and distinct texts among them. */
  readonly rows: number;
  readonly texts: number;
  /** Runs of 13 words that were left out of account because they stand in many questions. */
  readonly commonRuns: number;
  /** Every evaluation question that overlaps, once; the largest share first. */
  readonly overlaps: readonly Overlap[];
}

export interface Contamination {
  readonly sameness: Sameness;
  /** Distinct questions of the evaluation. */
  readonly questions: number;
  readonly sources: readonly SourceContamination[];
  /** Entries of `accept` that allow nothing. */
  readonly unused: readonly string[];
}
