/** What became of trials. */
import type { Metric } from '../kinds/metrics.ts';
import type { TrialOutcome, TrialResult } from '../record/trial-result.ts';
import type { Cell, Counts } from './report-types.ts';

/** Completed, with the metric that its task is judged by. */
export function isUsed(trial: TrialResult, headline: Metric): boolean {
  return trial.outcome === 'completed' && trial.metrics[headline.name] !== undefined;
}

/** Of trials of one task. */
export function countTrials(trials: readonly TrialResult[], headline: Metric): Counts {
  const of = (outcome: TrialOutcome): number => trials.filter((trial) => trial.outcome === outcome).length;
  const used = trials.filter((trial) => isUsed(trial, headline)).length;
  return {
    planned: trials.length,
    used,
    unmeasured: of('completed') - used,
    diverged: of('diverged'),
    failed: of('failed'),
    blocked: of('blocked'),
    pending: of('pending'),
  };
}

export function sumCounts(cells: readonly Cell[]): Counts {
  const sum = (key: keyof Counts): number => cells.reduce((total, cell) => total + cell.counts[key], 0);
  return {
    planned: sum('planned'),
    used: sum('used'),
    unmeasured: sum('unmeasured'),
    diverged: sum('diverged'),
    failed: sum('failed'),
    blocked: sum('blocked'),
    pending: sum('pending'),
  };
}

const lost = ['diverged', 'failed', 'blocked', 'pending'] as const;

/** `2 diverged, 1 failed`; empty where nothing was lost. */
export function lostText(counts: Counts): string {
  return lost
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => `${counts[outcome]} ${outcome}`)
    .join(', ');
}

/** `54 of 60 trials used; 2 diverged, 1 failed, 3 pending`: what a caption owes its reader. */
export function countsText(counts: Counts): string {
  const unmeasured = counts.unmeasured > 0 ? `${counts.unmeasured} completed without the task's metric` : '';
  const rest = [lostText(counts), unmeasured].filter((text) => text !== '').join(', ');
  return `${counts.used} of ${counts.planned} trials used${rest === '' ? '' : `; ${rest}`}`;
}
