/**
 * The progress of a sweep on stderr: a live block on a terminal; one line a finished stage, and one now and then,
 * everywhere else.
 */
import type { SweepEvent } from '../../run/index.ts';
import type { OutputStream } from '../context.ts';
import { formatDuration } from './table.ts';

type Running = Extract<SweepEvent, { type: 'stage-progress' }> | Extract<SweepEvent, { type: 'stage-started' }>;

export interface ProgressState {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly etaMs: number | null;
  /** Worker -> what it does. */
  readonly running: ReadonlyMap<number, Running>;
}

export const noProgress: ProgressState = { total: 0, done: 0, failed: 0, etaMs: null, running: new Map() };

export function advance(state: ProgressState, event: SweepEvent): ProgressState {
  if (event.type === 'sweep-started') return { ...state, total: event.total, done: event.cached };
  if (event.type === 'stage-started') return { ...state, running: new Map(state.running).set(event.worker, event) };
  if (event.type === 'stage-progress')
    return { ...state, etaMs: event.etaMs, running: new Map(state.running).set(event.worker, event) };
  if (event.type !== 'stage-finished') return state;
  const running = new Map(state.running);
  running.delete(event.worker);
  const isFailed = event.outcome.kind === 'failed';
  const isDone = event.outcome.kind === 'completed' || event.outcome.kind === 'diverged';
  return {
    ...state,
    running,
    etaMs: event.etaMs,
    done: state.done + (isDone ? 1 : 0),
    failed: state.failed + (isFailed ? 1 : 0),
  };
}

/** The state as lines without any escape code: the head line, then one a worker. */
export function describeProgress(state: ProgressState): readonly string[] {
  const left = state.etaMs === null ? '' : `, about ${formatDuration(state.etaMs)} left`;
  const failed = state.failed === 0 ? '' : `, ${state.failed} failed`;
  const workers = [...state.running]
    .sort(([a], [b]) => a - b)
    .map(([worker, event]) => `  worker ${worker}: ${describeRunning(event)}`);
  return [`${state.done} of ${state.total} stages done${failed}, ${state.running.size} running${left}`, ...workers];
}

function describeRunning(event: Running): string {
  if (event.type === 'stage-started')
    return event.attempt > 1 ? `${event.stageId} (attempt ${event.attempt})` : event.stageId;
  const loss = event.loss === null ? '' : `, loss ${event.loss.toFixed(4)}`;
  const speed = event.tokensPerSecond === null ? '' : `, ${Math.round(event.tokensPerSecond)} tokens/s`;
  return `${event.stageId} step ${event.step} of ${event.steps}${loss}${speed}`;
}

/** What stays on the screen or in the log: the ends of stages, and notes. */
export function describeLasting(event: SweepEvent): string | null {
  if (event.type === 'sweep-started') return `${event.total} stages: ${event.cached} done, ${event.toRun} to run`;
  if (event.type === 'note') return event.stageId === null ? event.text : `${event.stageId}: ${event.text}`;
  if (event.type === 'collect-failed') return `the database is behind: ${event.message}`;
  if (event.type !== 'stage-finished') return null;
  const { outcome } = event;
  const why =
    outcome.kind === 'failed'
      ? `: ${outcome.message}`
      : outcome.kind === 'diverged'
        ? ` at step ${outcome.step}: ${outcome.reason}`
        : '';
  return `${event.stageId} ${outcome.kind}${why} (${formatDuration(event.durationMs)})`;
}

export interface ProgressDisplay {
  onEvent(event: SweepEvent): void;
  stop(): void;
}

const redrawMs = 200;
const plainLineMs = 30_000;

/** Chooses by the stream: a terminal gets the live block, anything else plain lines; `quiet` only what went wrong. */
export function displayProgress(stream: OutputStream, options: { readonly isQuiet: boolean }): ProgressDisplay {
  if (options.isQuiet) return quietDisplay(stream);
  return stream.isTTY === true ? liveDisplay(stream) : plainDisplay(stream);
}

function quietDisplay(stream: OutputStream): ProgressDisplay {
  const isTrouble = (event: SweepEvent): boolean =>
    event.type === 'collect-failed' || (event.type === 'stage-finished' && event.outcome.kind === 'failed');
  return {
    onEvent: (event) => void (isTrouble(event) && stream.write(`${describeLasting(event) ?? ''}\n`)),
    stop: () => {},
  };
}

function plainDisplay(stream: OutputStream): ProgressDisplay {
  let state = noProgress;
  const timer = setInterval(
    () =>
      void stream.write(
        `${describeProgress(state)
          .map((line) => line.trim())
          .join('; ')}\n`,
      ),
    plainLineMs,
  );
  timer.unref();
  const onEvent = (event: SweepEvent): void => {
    state = advance(state, event);
    const line = describeLasting(event);
    const count = event.type === 'stage-finished' ? `[${state.done}/${state.total}] ` : '';
    if (line !== null) stream.write(`${count}${line}\n`);
  };
  return { onEvent, stop: () => clearInterval(timer) };
}

/** Redraws its block in place; lasting lines are written above it. Cursor movement only, no colour. */
function liveDisplay(stream: OutputStream): ProgressDisplay {
  let state = noProgress;
  let drawn = 0;
  const erase = (): string => (drawn === 0 ? '' : `\u001B[${drawn}A\u001B[0J`);
  const draw = (lasting: readonly string[] = []): void => {
    const width = stream.columns === undefined || stream.columns === 0 ? 80 : stream.columns; // some terminals say 0
    const block = describeProgress(state).map((line) => line.slice(0, width - 1));
    stream.write(`${erase()}${[...lasting, ...block].join('\n')}\n`);
    drawn = block.length;
  };
  let isStale = false;
  const timer = setInterval(() => {
    if (isStale) draw();
    isStale = false;
  }, redrawMs);
  timer.unref();
  return {
    onEvent: (event) => {
      state = advance(state, event);
      isStale = true;
      const line = describeLasting(event);
      if (line !== null) draw([line]);
    },
    stop: () => {
      clearInterval(timer);
      stream.write(erase());
      drawn = 0;
    },
  };
}
