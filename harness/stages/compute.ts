/**
 * Who takes training steps and scores responses for a stage: this process (`nativeCompute`), or a program of another
 * backend. What a stage reads, chooses, measures and writes is the same under either. Types only.
 */
import type { SavedModel } from '../model/index.ts';
import type { Numerics } from '../spec/experiment-schema.ts';
import type { EncodedPair } from '../data/index.ts';
import type { ScoredQuestion } from '../score/index.ts';
import type { JournalEvent, StageExecution } from '../store/index.ts';
import type { TrainOptions, TrainResult } from '../train/index.ts';

/** Of the stage that asks; a `StageContext` is one. */
export interface StagePlace {
  readonly folder: string;
  readonly execution: StageExecution;
  /** What the stage's config asks for. */
  readonly numerics: Numerics;
  readonly signal: AbortSignal;
  emit(event: JournalEvent): void;
}

/** A run of training as a stage asks for it. */
export interface StageRun extends Omit<
  TrainOptions,
  'logEverySteps' | 'shouldCheckpoint' | 'signal' | 'sessions' | 'batchAt'
> {
  /** What is trained on, by its row in the input's files. */
  readonly pairs: { at(row: number): EncodedPair };
  /** Rows of `pairs` by step, as they stand in the stage folder's `order.arrow`. */
  rowsAt(step: number): readonly number[];
}

/** Rewards of every question's responses, in input order. */
export type Scorer = (questions: readonly ScoredQuestion[]) => Promise<readonly Float32Array[]>;

export interface Compute {
  /** What probes and journals call it where rewards may differ from those of this machine's CPU by rounding. */
  readonly device: string;
  /**
   * Trains to `toStep`, from the resume point in the stage's folder where there is one. Events go to the journal as
   * they come; on the signal it saves a resume point and ends as interrupted.
   */
  train(place: StagePlace, run: StageRun): Promise<TrainResult>;
  scorer(place: StagePlace, model: SavedModel): Scorer;
}
