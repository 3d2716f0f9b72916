/**
 * What needs no training: chance, response length, an untrained head, and PMP's own head before any finetuning. Without
 * these an accuracy says nothing.
 */
import type { TrialResult } from '../record/trial-result.ts';
import { wilsonInterval, type Interval } from '../stats/index.ts';
import { estimateMetric } from './cells.ts';
import { unique } from './compare.ts';
import { armLabel, count } from './format.ts';
import type { ArmPoint, Cell, Estimate } from './report-input.ts';

export interface BaselineRow {
  readonly label: string;
  readonly metric: string;
  /** null: the same for every architecture and arm. */
  readonly architecture: string | null;
  readonly point: ArmPoint | null;
  readonly mean: number;
  readonly interval: Interval | null;
  readonly n: number;
  readonly unit: 'seeds' | 'test pairs';
}

const rules = [
  ['random', 'random choice'],
  ['longest', 'longest response'],
  ['shortest', 'shortest response'],
] as const;

/** Baselines of pairwise accuracy on one task; a baseline that was not recorded has no row. */
export function pairwiseBaselines(cells: readonly Cell[]): readonly BaselineRow[] {
  const trials = cells.flatMap((cell) => cell.used);
  const fixed = rules.flatMap(([rule, label]) => fixedRow(trials, `baseline/${rule}_pairwise_accuracy`, label));
  const heads = unique(cells.map((cell) => cell.architecture)).flatMap((architecture) => {
    const ours = cells.filter((cell) => cell.architecture === architecture);
    return [...untrainedRow(ours, architecture), ...zeroShotRows(ours, architecture)];
  });
  return [...fixed, ...heads];
}

/**
 * A rule does not depend on the seed: its n are the test pairs. Where values differ after all (a task drawn per seed),
 * the seeds are the n.
 */
function fixedRow(trials: readonly TrialResult[], metric: string, label: string): readonly BaselineRow[] {
  const having = trials.filter((trial) => trial.metrics[metric] !== undefined);
  const first = having[0];
  if (first === undefined) return [];
  const value = first.metrics[metric] as number;
  const base = { label, metric, architecture: null, point: null };
  if (having.every((trial) => trial.metrics[metric] === value)) {
    const pairs = first.metrics['eval/pairs'];
    return [
      {
        ...base,
        mean: value,
        interval: pairs === undefined ? null : wilsonInterval(value, pairs, { unit: 'test pairs' }),
        n: pairs ?? 1,
        unit: 'test pairs',
      },
    ];
  }
  const over = estimateMetric(bySeed(having), metric);
  return over === null ? [] : [{ ...base, mean: over.mean, interval: over.interval, n: over.n, unit: 'seeds' }];
}

function untrainedRow(cells: readonly Cell[], architecture: string): readonly BaselineRow[] {
  const metric = 'baseline/untrained_head_pairwise_accuracy';
  const over = untrained(cells, metric);
  return over === null
    ? []
    : [
        {
          label: `untrained head, ${architecture}`,
          metric,
          architecture,
          point: null,
          mean: over.mean,
          interval: over.interval,
          n: over.n,
          unit: 'seeds',
        },
      ];
}

function zeroShotRows(cells: readonly Cell[], architecture: string): readonly BaselineRow[] {
  const metric = 'baseline/zero_shot_pairwise_accuracy';
  const points = new Map(
    cells
      .filter((cell) => cell.arm === 'pmp')
      .map(({ arm, pretrainPairs, variant }) => [`${pretrainPairs} ${variant}`, { arm, pretrainPairs, variant }]),
  );
  return [...points.values()]
    .toSorted((a, b) => a.pretrainPairs - b.pretrainPairs)
    .flatMap((point) => {
      const ours = cells.filter(
        (cell) => cell.arm === 'pmp' && cell.pretrainPairs === point.pretrainPairs && cell.variant === point.variant,
      );
      const over = estimateMetric(bySeed(ours.flatMap((cell) => cell.used)), metric);
      return over === null
        ? []
        : [
            {
              label: `zero-shot: ${armLabel(point)}, ${architecture}`,
              metric,
              architecture,
              point,
              mean: over.mean,
              interval: over.interval,
              n: over.n,
              unit: 'seeds' as const,
            },
          ];
    });
}

/** The untrained head on an untrained backbone where there is one; else on whatever backbone there is. */
export function untrained(cells: readonly Cell[], metric: string): Estimate | null {
  const scratch = cells.filter((cell) => cell.arm === 'scratch');
  return estimateMetric(bySeed((scratch.length > 0 ? scratch : cells).flatMap((cell) => cell.used)), metric);
}

/**
 * Trials of one backbone share their baseline across sample sizes: one trial a seed, or n would count it many times.
 */
export function bySeed(trials: readonly TrialResult[]): readonly TrialResult[] {
  return [...new Map(trials.map((trial) => [trial.seed, trial])).values()].toSorted((a, b) => a.seed - b.seed);
}

export function unitText({ n, unit }: Pick<BaselineRow, 'n' | 'unit'>): string {
  return `${count(n)} ${unit}`;
}
