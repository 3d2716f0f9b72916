/**
 * Trials -> cells (trials that differ in their seed only). Here nothing is dropped in silence: every trial is used or
 * counted by what became of it.
 */
import { UserError } from '../spec/user-error.ts';
import type { TrialResult } from '../record/trial-result.ts';
import { mean, tInterval } from '../stats/index.ts';
import type { Cell, Counts, Estimate } from './report-input.ts';

export const accuracyMetric = 'eval/pairwise_accuracy';

/**
 * Throws UserError for a metric that is not finite or an accuracy outside [0, 1]: such a number must never reach a
 * figure.
 */
export function checkTrials(trials: readonly TrialResult[]): void {
  for (const { trialId, metrics } of trials) {
    for (const [name, value] of Object.entries(metrics)) {
      if (Number.isFinite(value) && (!isShare(name) || (value >= 0 && value <= 1))) continue;
      throw new UserError(
        `trial ${trialId}: metric ${name} is ${value}${isShare(name) ? ', not a share between 0 and 1' : ', not a finite number'}`,
        {
          exitCode: 4,
          hint:
            'Rebuild the database from the files (harness collect --rebuild); if it stays, the stage that wrote it is wrong: harness show ' +
            trialId,
        },
      );
    }
  }
}

const isShare = (metric: string): boolean => /_accuracy(_half_credit)?$|_rate$|_(at|of)_\d+$/.test(metric);

/** In the order in which the plan first names them. */
export function groupCells(trials: readonly TrialResult[]): readonly Cell[] {
  const variantOf = variants(trials);
  const groups = new Map<string, TrialResult[]>();
  for (const trial of trials) {
    const key = JSON.stringify([
      trial.task,
      trial.architecture,
      trial.arm,
      trial.pretrainPairs,
      variantOf(trial),
      trial.samples,
    ]);
    groups.set(key, [...(groups.get(key) ?? []), trial]);
  }
  return [...groups.values()].map((group) => {
    const first = group[0] as TrialResult;
    return {
      task: first.task,
      architecture: first.architecture,
      arm: first.arm,
      pretrainPairs: first.pretrainPairs,
      variant: variantOf(first),
      samples: first.samples,
      used: group.filter(isUsed).toSorted((a, b) => a.seed - b.seed),
      counts: countTrials(group),
    };
  });
}

export function countTrials(trials: readonly TrialResult[]): Counts {
  const of = (outcome: TrialResult['outcome']): number => trials.filter((trial) => trial.outcome === outcome).length;
  const used = trials.filter(isUsed).length;
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

/**
 * Mean of a metric over the seeds that have it; null where none does. The interval of a share is cut at 0 and 1, which
 * Student's t knows nothing of.
 */
export function estimateMetric(trials: readonly TrialResult[], metric: string): Estimate | null {
  const found = estimate(
    trials.flatMap(({ seed, metrics }) => (metrics[metric] === undefined ? [] : [{ seed, value: metrics[metric] }])),
  );
  if (found?.interval == null || !isShare(metric)) return found;
  const { low, high } = found.interval;
  return { ...found, interval: { ...found.interval, low: Math.max(0, low), high: Math.min(1, high) } };
}

export function estimate(values: Estimate['values']): Estimate | null {
  if (values.length === 0) return null;
  const numbers = values.map(({ value }) => value);
  return { mean: mean(numbers), interval: tInterval(numbers, { unit: 'seeds' }), n: numbers.length, values };
}

function isUsed(trial: TrialResult): boolean {
  return trial.outcome === 'completed' && trial.metrics[accuracyMetric] !== undefined;
}

/**
 * Axes outside the canonical ones (an ablation of the objective, say) must not be averaged over as if they were seeds.
 * An author's axis is one where trials of an arm share all canonical axes and the seed, yet differ in it; its values
 * name the variant.
 */
function variants(trials: readonly TrialResult[]): (trial: TrialResult) => string {
  const points = new Map<string, TrialResult[]>();
  for (const trial of trials) {
    const key = JSON.stringify([
      trial.task,
      trial.architecture,
      trial.arm,
      trial.pretrainPairs,
      trial.samples,
      trial.seed,
    ]);
    points.set(key, [...(points.get(key) ?? []), trial]);
  }
  const keysOfArm = new Map<string, Set<string>>();
  for (const group of points.values()) {
    const first = group[0] as TrialResult;
    const keys = new Set(group.flatMap((trial) => Object.keys(trial.declared)));
    const differing = [...keys].filter((key) => group.some((trial) => trial.declared[key] !== first.declared[key]));
    if (group.length > 1 && differing.length === 0)
      throw new UserError(
        `trials ${group.map((trial) => trial.trialId).join(' and ')} stand at the same point of the sweep with the same seed`,
        { exitCode: 4, hint: 'Rebuild the database from the files: harness collect --rebuild' },
      );
    const known = keysOfArm.get(first.arm) ?? new Set();
    for (const key of differing) known.add(key);
    keysOfArm.set(first.arm, known);
  }
  return ({ arm, declared }) =>
    [...(keysOfArm.get(arm) ?? [])]
      .toSorted()
      .map((key) => `${key} = ${declared[key] ?? 'none'}`)
      .join(', ');
}
