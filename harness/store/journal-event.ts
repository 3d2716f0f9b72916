/**
 * What a stage says while it runs: one JSON line an event in `journal.jsonl`, append-only, flushed per event. Types
 * only.
 */
import type { ErrorClass } from '../spec/error-class.ts';

/**
 * How a stage (and with it a trial) ended. `diverged` is a result: deterministic, recorded, never run again by itself.
 */
export type Outcome =
  | { readonly kind: 'completed' }
  | { readonly kind: 'diverged'; readonly step: number; readonly reason: string }
  | {
      readonly kind: 'failed';
      readonly errorClass: ErrorClass;
      readonly message: string;
      readonly detail: string | null;
    }
  | { readonly kind: 'interrupted' }
  /** By a person (`harness cancel`); the next sweep runs it. */
  | { readonly kind: 'cancelled' };

export type JournalEvent =
  | {
      readonly kind: 'attempt';
      readonly attempt: number;
      readonly startedAt: string;
      readonly resumedFromStep: number | null;
    }
  /** `step` null = a final value of the stage. Names are `phase/quantity`. Values are finite. */
  | { readonly kind: 'metric'; readonly step: number | null; readonly name: string; readonly value: number }
  /** Transient, for the progress line; not recorded in the database. */
  | {
      readonly kind: 'progress';
      readonly step: number;
      readonly steps: number;
      readonly loss: number | null;
      readonly tokensPerSecond: number | null;
    }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'outcome'; readonly endedAt: string; readonly outcome: Outcome };
