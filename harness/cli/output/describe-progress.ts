/** A running sweep in words: the live block of a terminal, the lines of a log. Plain text without escape codes. */
import type { SweepEvent, TimeLeft } from '../../run/index.ts';
import { formatDuration, plural, progressBar, roughDuration, roughRange } from '../../text/index.ts';
import { describeFailure, withId, type NameOf } from './failure-lines.ts';
import { leftNow, type ProgressState, type RunningStage } from './progress-state.ts';

/** From when on it is told how long a stage without steps has been running. */
const toldSeconds = 3;

/** The head lines, then one line a worker. */
export function describeBlock(state: ProgressState, nameOf: NameOf, nowMs: number, columns: number): readonly string[] {
  const workers = [...state.running].sort(([a], [b]) => a - b);
  return [
    headLine(state, nowMs, columns),
    ...(state.trials === null
      ? []
      : [`  ${state.trials.complete} of ${state.trials.total} trials complete${failures(state)}`]),
    ...workers.map(([worker, stage]) => `  ${describeWorker(worker, stage, nameOf, nowMs)}`),
  ];
}

/** The same on one line, for a log. */
export function describeProgress(state: ProgressState, nameOf: NameOf, nowMs: number): string {
  const left = leftNow(state, nowMs);
  const running = [...state.running].map(([worker, stage]) => describeWorker(worker, stage, nameOf, nowMs));
  return [
    `${state.done} of ${state.total} stages ` +
      `done${failures(state)}${left === null ? '' : `, about ${describeLeft(left)} left`}`,
    ...running,
  ].join('; ');
}

/** `25 min (10 to 85 min)`. */
export function describeLeft({ seconds, low, high }: TimeLeft): string {
  const expected = roughDuration(seconds);
  const range = roughRange(low, high);
  return range === expected ? expected : `${expected} (${range})`;
}

function failures({ failed }: ProgressState): string {
  return failed === 0 ? '' : `, ${plural(failed, 'stage')} failed`;
}

/** The range is left out where it does not fit. */
function headLine(state: ProgressState, nowMs: number, columns: number): string {
  const left = leftNow(state, nowMs);
  const count = `${progressBar(state.done, state.total, columns < 70 ? 8 : 20)} ${state.done} of ${state.total} stages`;
  if (left === null) return count;
  const full = `${count}, about ${describeLeft(left)} left`;
  return full.length < columns ? full : `${count}, about ${roughDuration(left.seconds)} left`;
}

function describeWorker(worker: number, stage: RunningStage, nameOf: NameOf, nowMs: number): string {
  return `worker ${worker}${describeStep(stage, nowMs)}: ${describeRunning(stage, nameOf)}`;
}

/** One running stage: its name, and how far it is. */
export function describeStage(stage: RunningStage, nameOf: NameOf, nowMs: number): string {
  return `${describeRunning(stage, nameOf)}${describeStep(stage, nowMs)}`;
}

function describeRunning({ stageId, attempt, progress }: RunningStage, nameOf: NameOf): string {
  const name = `${nameOf(stageId)}${attempt > 1 ? ` (attempt ${attempt})` : ''}`;
  const loss = progress === null || progress.loss === null ? '' : `, loss ${progress.loss.toFixed(4)}`;
  const speed =
    progress === null || progress.tokensPerSecond === null ? '' : `, ${Math.round(progress.tokensPerSecond)} tokens/s`;
  return `${name}${loss}${speed}`;
}

/** How far a stage is. It stands before the name, since a long line is cut at its end. */
function describeStep({ startedMs, progress }: RunningStage, nowMs: number): string {
  if (progress !== null) return `, step ${progress.step} of ${progress.steps}`;
  const seconds = Math.round((nowMs - startedMs) / 1000);
  return seconds < toldSeconds ? '' : `, for ${formatDuration(1000 * seconds)}`;
}

/** What stays on the screen or in the log: the start, what goes wrong, and notes. */
export function describeLasting(event: SweepEvent, nameOf: NameOf): string | null {
  if (event.type === 'sweep-started') return describeStart(event);
  if (event.type === 'note')
    return event.stageId === null ? event.text : `${withId(event.stageId, nameOf)}: ${event.text}`;
  if (event.type === 'collect-failed') return `the database is behind: ${event.message}`;
  if (event.type !== 'stage-finished') return null;
  const { outcome } = event;
  const took = formatDuration(event.durationMs);
  if (event.failure !== undefined) return describeFailure(event.failure, nameOf, ` after ${took}`).join('\n');
  if (outcome.kind === 'failed')
    return `${withId(event.stageId, nameOf)} failed after ${took} (${outcome.errorClass}): ${outcome.message}`;
  return outcome.kind === 'diverged'
    ? `${withId(event.stageId, nameOf)} diverged at step ${outcome.step}: ${outcome.reason}`
    : null;
}

function describeStart({ total, cached, toRun, left }: Extract<SweepEvent, { type: 'sweep-started' }>): string {
  if (toRun === 0) return `${total} stages: nothing to run`;
  const before = cached === 0 ? '' : `, ${cached} done before`;
  return `${total} stages: ${toRun} to run${before}${left === null ? '' : `; about ${describeLeft(left)}`}`;
}
