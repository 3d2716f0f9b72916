/**
 * Who takes training steps and scores responses for a stage: this process (`nativeCompute`), or a program of another
 * backend. What a stage reads, chooses, measures and writes is the same under either. Types only.
 */
import type { Device } from '../engine/index.ts';
import type { ModelConfig } from '../model/index.ts';
import type { Numerics } from '../spec/experiment-schema.ts';
import type { EncodedPair } from '../data/index.ts';
import type { ScoredQuestion } from '../score/index.ts';
import type { JournalEvent, StageExecution } from '../store/index.ts';
import type { TrainOptions, TrainOutcome } from '../train/index.ts';
import type { TrainedState } from './trained-state.ts';
import type { WeightedModel, Weights } from './weights.ts';

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
  'state' | 'logEverySteps' | 'shouldCheckpoint' | 'signal' | 'sessions' | 'batchAt'
> {
  readonly start: TrainStart;
  readonly pairs: TrainedPairs;
  /** Rows of `pairs` by step, as they stand in the stage folder's `order.arrow`. */
  rowsAt(step: number): readonly number[];
}

/** Where a run begins: with weights, or where another one has stopped, whose state is in a file. */
export type TrainStart =
  { readonly kind: 'weights'; readonly weights: Weights } | { readonly kind: 'state'; readonly file: string };

/** What is trained on, by its row in the input's files. */
export interface TrainedPairs {
  at(row: number): EncodedPair;
  /** Arrow files of encoded pairs; rows are numbered through all of them. */
  readonly files: readonly string[];
}

/** `state` is null unless the run completed. */
export interface TrainedRun {
  readonly outcome: TrainOutcome;
  readonly state: TrainedState | null;
}

/** Rewards of every question's responses, in input order. */
export type Scorer = (questions: readonly ScoredQuestion[]) => Promise<readonly Float32Array[]>;

export interface SavedModel {
  readonly folder: string;
  /** Where the probes come from. */
  readonly taskFolder: string;
  readonly device: Device;
  readonly threads: number;
}

/** Fails where the folder does not hold the model whose probes it records. */
export interface SavedModelCheck {
  check(saved: SavedModel): Promise<void>;
}

export interface Compute {
  /** What probes and journals call it where rewards may differ from those of this machine's CPU by rounding. */
  readonly device: string;
  /**
   * Trains to `toStep`, from the resume point in the stage's folder where there is one. Events go to the journal as
   * they come; on the signal it saves a resume point and ends as interrupted.
   */
  train(place: StagePlace, run: StageRun): Promise<TrainedRun>;
  scorer(place: StagePlace, model: WeightedModel): Scorer;
  /** What asks whether a model was saved well, where our own engine is not to load it: null where it is. */
  savedCheck?(model: ModelConfig): SavedModelCheck | null;
}
