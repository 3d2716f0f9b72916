/** Counts of a finished sweep, and the exit code they mean. */
import type { Plan, PlannedTrial } from '../plan/stage.ts';
import { isMachineTrouble } from '../spec/error-class.ts';
import { trialOutcomeOf, type ChainStage } from '../record/index.ts';
import type { Schedule, StageStatus } from './schedule.ts';
import type { SweepCounts, SweepSummary } from './sweep-types.ts';

type Ended = Pick<SweepSummary, 'interrupted' | 'stoppedBecause' | 'failures'>;

/** @param ended null where nothing was to run. */
export function summarize(plan: Plan, schedule: Schedule, ended: Ended | null): Omit<SweepSummary, 'wasKilled'> {
  const trials = countTrials(plan, schedule);
  return {
    experiment: plan.experiment,
    counts: countStages(schedule),
    trials,
    notFinishedTrials: plan.trials.length - finishedTrials(trials),
    cancelled: schedule.count('cancelled'),
    notStarted: schedule.count('pending'),
    interrupted: ended?.interrupted ?? null,
    stoppedBecause: ended?.stoppedBecause ?? null,
    failures: ended?.failures ?? [],
  };
}

function countStages(schedule: Schedule): SweepCounts {
  return {
    ran: schedule.count('completed'),
    cached: schedule.count('cached'),
    failed: schedule.count('failed'),
    diverged: schedule.count('diverged'),
    blocked: schedule.count('blocked'),
  };
}

export function countTrials(plan: Plan, schedule: Schedule): SweepCounts {
  const counts = { ran: 0, cached: 0, failed: 0, diverged: 0, blocked: 0 };
  const kinds = new Map(plan.stages.map(({ id, kind }) => [id, kind]));
  for (const trial of plan.trials) {
    const verdict = verdictOf(trial, schedule, kinds);
    if (verdict !== null) counts[verdict] += 1;
  }
  return counts;
}

/** Trials that this sweep has come to the end of, whatever it is. */
export function finishedTrials(trials: SweepCounts): number {
  return Object.values(trials).reduce((total, count) => total + count, 0);
}

/** What the database will say of the trial, so that both tell the same counts; null while it is not finished. */
function verdictOf(
  { stages, evaluate }: PlannedTrial,
  schedule: Schedule,
  kinds: ReadonlyMap<string, string>,
): keyof SweepCounts | null {
  const chain = [...new Set([...stages, evaluate])].map((id) => ({ id, status: schedule.statusOf(id) }));
  const has = (status: StageStatus): boolean => chain.some((stage) => stage.status === status);
  const recorded = chain.map(({ id, status }) => recordedStage(id, kinds.get(id) ?? null, status));
  const { outcome } = trialOutcomeOf(recorded, evaluate);
  if (outcome === 'completed') return has('completed') ? 'ran' : 'cached';
  // Every candidate of its choice diverged: nothing ended badly in the way, and yet it cannot go on.
  // What waits for a cancelled stage, the next sweep runs.
  if (outcome === 'pending') return has('blocked') && !has('cancelled') ? 'blocked' : null;
  return outcome;
}

/** The stage as it will be on record; stages that never ran will not be. */
function recordedStage(id: string, kind: string | null, status: StageStatus): ChainStage {
  const isUnrecorded = status === 'pending' || status === 'running' || status === 'blocked';
  return { id, kind, outcome: isUnrecorded ? null : status === 'cached' ? 'completed' : status, cause: null };
}

/**
 * The command line's contract: 129/130/143 interrupted; 4 the machine's fault, safe to retry; 1 a trial failed,
 * diverged or was cancelled; else 0.
 */
export function exitCodeOf(
  summary: Pick<SweepSummary, 'interrupted' | 'stoppedBecause' | 'failures' | 'trials' | 'cancelled'>,
): 0 | 1 | 4 | 129 | 130 | 143 {
  if (summary.interrupted !== null) return ({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const)[summary.interrupted];
  if (summary.stoppedBecause === 'disk') return 4;
  const { failed, diverged, blocked } = summary.trials;
  if (failed + diverged + blocked + summary.cancelled === 0 && summary.failures.length === 0) return 0;
  const isMachineOnly =
    summary.failures.length > 0 &&
    diverged + summary.cancelled === 0 &&
    summary.failures.every((failure) => isMachineTrouble(failure.errorClass));
  return isMachineOnly ? 4 : 1;
}
