/** What came of a sweep, for people: trials first, for they are what was asked for; then stages, causes, what to do. */
import type { SweepCounts, SweepFailure, SweepSummary } from '../../run/index.ts';
import { plural } from '../../text/index.ts';
import { withId, type NameOf } from './failure-lines.ts';

const shownCauses = 5;

/** @param command What continues the sweep. */
export function describeSummary(summary: SweepSummary, command: string): readonly string[] {
  return [trialLine(summary), stageLine(summary), ...nextSteps(summary, command)];
}

function trialLine({ experiment, trials, notFinishedTrials }: SweepSummary): string {
  const complete = trials.ran + trials.cached;
  const total = complete + trials.failed + trials.diverged + trials.blocked + notFinishedTrials;
  return `${experiment}: ${[
    `${complete} of ${plural(total, 'trial')} complete`,
    ...unlessZero(trials.failed + trials.blocked, 'cannot be completed: a stage they need failed'),
    ...unlessZero(trials.diverged, 'diverged, which is a result'),
    ...unlessZero(notFinishedTrials, 'not finished'),
  ].join('; ')}`;
}

function stageLine({ counts, cancelled, notStarted }: SweepSummary): string {
  return `stages: ${[
    `${counts.ran} ran`,
    ...unlessZero(counts.cached, 'done before'),
    ...unlessZero(counts.failed, 'failed'),
    ...unlessZero(counts.diverged, 'diverged'),
    ...unlessZero(cancelled, 'cancelled'),
    ...unlessZero(counts.blocked, `not run, since they need one that ${blockedBy(counts, cancelled)}`),
    ...unlessZero(notStarted, 'not started'),
  ].join(', ')}`;
}

function blockedBy({ failed, diverged }: SweepCounts, cancelled: number): string {
  if (cancelled === 0) return 'failed or diverged';
  return failed + diverged === 0 ? 'was cancelled' : 'failed, diverged or was cancelled';
}

function nextSteps(
  { interrupted, wasKilled, stoppedBecause, counts, cancelled }: SweepSummary,
  command: string,
): readonly string[] {
  if (interrupted !== null && wasKilled)
    return [`stopped at once by ${interrupted}, what was not saved is lost; continue with: ${command}`];
  if (interrupted !== null) return [`interrupted by ${interrupted}, state saved; continue with: ${command}`];
  if (stoppedBecause === 'disk') return [`stopped because of the disk; make room and continue with: ${command}`];
  if (counts.failed === 0) return cancelled === 0 ? [] : [`next: run what was cancelled with: ${command}`];
  const stages = counts.failed + counts.blocked === 1 ? 'the stage' : `the ${counts.failed + counts.blocked} stages`;
  return [`next: remove the cause told above, then run ${stages} that are missing with: ${command}`];
}

/** One entry a cause: many stages fail for the same reason. Last words of workers were told when they failed. */
export function describeFailures(failures: readonly SweepFailure[], nameOf: NameOf): readonly string[] {
  const causes = new Map<string, SweepFailure[]>();
  for (const failure of failures) {
    const known = causes.get(failure.message);
    if (known === undefined) causes.set(failure.message, [failure]);
    else known.push(failure);
  }
  const hidden = causes.size - shownCauses;
  return [
    ...[...causes.values()].slice(0, shownCauses).flatMap((alike) => describeCause(alike, nameOf)),
    ...(hidden > 0 ? [`${plural(hidden, 'more cause')} of failures: see \`harness status\``] : []),
  ];
}

function describeCause([failure, ...others]: readonly SweepFailure[], nameOf: NameOf): readonly string[] {
  if (failure === undefined) return [];
  const { stageId, errorClass, message, hint, log } = failure;
  const more = others.length === 0 ? '' : ` and ${plural(others.length, 'other stage')}`;
  return [
    `harness: ${withId(stageId, nameOf)}${more} failed (${errorClass}): ${message}`,
    ...(hint === null ? [] : [`  ${hint}`]),
    ...(log === null ? [] : [`  log: ${log}`]),
  ];
}

const unlessZero = (count: number, what: string): readonly string[] => (count === 0 ? [] : [`${count} ${what}`]);
