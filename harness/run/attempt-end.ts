/** How an attempt at a stage can end, and what that follows from. */
import {
  recordDeath,
  type CommittedOutcome,
  type FailedOutcome,
  type StageResult,
  type StageTask,
  type StoreState,
} from '../store/index.ts';
import type { Ending } from './running-stage.ts';

export interface FailedEnd {
  readonly kind: 'failed';
  readonly outcome: FailedOutcome;
  readonly hint: string | null;
  readonly isDiskTrouble: boolean;
  readonly lastLines: readonly string[];
  readonly log: string | null;
}

/** `isCached`: somebody else committed it: an orphan of an earlier sweep, a worker of another. */
export type AttemptEnd =
  | { readonly kind: 'committed'; readonly outcome: CommittedOutcome; readonly isCached: boolean }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'damaged-input'; readonly input: string; readonly why: string }
  | FailedEnd;

type Cancelled = { readonly kind: 'cancelled' };
export type AttemptFailure = Extract<StageResult, { kind: 'failed' }> | Cancelled;
export type AttemptResult = StageResult | Cancelled;
export type Lost = Extract<StageResult, { kind: 'lost' }>;
export const takenOver: Lost = { kind: 'lost', why: 'another worker has taken it over' };

/** It was asked to save and leave, and did: why it was asked is how it ended. A commit that came before that counts. */
export function endedAs(ending: Ending, result: StageResult, { folder, attempt }: StageTask): AttemptResult {
  if (result.kind !== 'interrupted') return result;
  return recordDeath(folder, attempt, ending.outcome) ? asResult(ending) : takenOver;
}

type Committed = Extract<AttemptEnd, { kind: 'committed' }>;

export const damageIn = (state: StoreState): string | null =>
  typeof state === 'object' && 'damaged' in state ? state.damaged : null;

export function committedAs(state: StoreState): Committed | null {
  if (state === 'done') return { kind: 'committed', outcome: { kind: 'completed' }, isCached: true };
  return typeof state === 'object' && 'diverged' in state
    ? { kind: 'committed', outcome: { kind: 'diverged', ...state.diverged }, isCached: true }
    : null;
}

export function asResult({ outcome, hint }: Ending): AttemptFailure {
  return outcome.kind === 'cancelled' ? outcome : { kind: 'failed', outcome, hint, isDiskTrouble: false };
}

/** It left with its state saved, and this sweep did not ask for it. */
export const stoppedFromOutside = {
  kind: 'failed',
  outcome: {
    kind: 'failed',
    errorClass: 'infrastructure',
    message: 'the worker was told to stop from outside this sweep',
    detail: null,
  },
  hint: 'Run the same command again: it continues from the saved state.',
  isDiskTrouble: false,
} as const;
