/** What is known of a running sweep, event by event. Pure. */
import type { SweepEvent, TimeLeft } from '../../run/index.ts';

export type StepProgress = Pick<
  Extract<SweepEvent, { type: 'stage-progress' }>,
  'step' | 'steps' | 'loss' | 'tokensPerSecond'
>;

export interface RunningStage {
  readonly stageId: string;
  readonly attempt: number;
  readonly startedMs: number;
  /** null for a stage that has no steps, or has not told one yet. */
  readonly progress: StepProgress | null;
}

export interface ProgressState {
  /** Stages, as `done` and `failed` are. */
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly trials: { readonly complete: number; readonly total: number } | null;
  /** As it was told, at the caller's time in milliseconds. */
  readonly left: { readonly atMs: number; readonly time: TimeLeft } | null;
  /** Worker -> what it does. */
  readonly running: ReadonlyMap<number, RunningStage>;
}

export const noProgress: ProgressState = {
  total: 0,
  done: 0,
  failed: 0,
  trials: null,
  left: null,
  running: new Map(),
};

/** @param nowMs Any clock that goes forward. */
export function advance(state: ProgressState, event: SweepEvent, nowMs: number): ProgressState {
  switch (event.type) {
    case 'sweep-started':
      return { ...timed(state, event.left, nowMs), total: event.total, done: event.cached };
    case 'stage-started':
      return withRunning(state, event.worker, {
        stageId: event.stageId,
        attempt: event.attempt,
        startedMs: nowMs,
        progress: null,
      });
    case 'stage-progress':
      return progressed(timed(state, event.left, nowMs), event);
    case 'stage-finished':
      return finished(timed(state, event.left, nowMs), event);
    case 'time-left':
      return timed(state, event.left, nowMs);
    case 'trials-counted':
      return { ...state, trials: { complete: event.trials.ran + event.trials.cached, total: event.total } };
    default:
      return state;
  }
}

function timed(state: ProgressState, time: TimeLeft | null, atMs: number): ProgressState {
  return { ...state, left: time === null ? null : { atMs, time } };
}

function withRunning(state: ProgressState, worker: number, stage: RunningStage): ProgressState {
  return { ...state, running: new Map(state.running).set(worker, stage) };
}

function progressed(state: ProgressState, event: Extract<SweepEvent, { type: 'stage-progress' }>): ProgressState {
  const stage = state.running.get(event.worker);
  return stage === undefined ? state : withRunning(state, event.worker, { ...stage, progress: event });
}

function finished(state: ProgressState, event: Extract<SweepEvent, { type: 'stage-finished' }>): ProgressState {
  const running = new Map(state.running);
  running.delete(event.worker);
  const isFailed = event.outcome.kind === 'failed';
  const isDone = event.outcome.kind === 'completed' || event.outcome.kind === 'diverged';
  return { ...state, running, done: state.done + (isDone ? 1 : 0), failed: state.failed + (isFailed ? 1 : 0) };
}

/** What is left now: what was told, less what has passed since; null where nothing is left. */
export function leftNow({ left }: ProgressState, nowMs: number): TimeLeft | null {
  if (left === null || left.time.seconds === 0) return null;
  const passed = (nowMs - left.atMs) / 1000;
  const { seconds, low, high } = left.time;
  return { seconds: Math.max(0, seconds - passed), low: Math.max(0, low - passed), high: Math.max(0, high - passed) };
}
