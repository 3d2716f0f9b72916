/**
 * The registry of scorings, and how a benchmark is scored: `eval/{scoring}_{metric}` of a model, and
 * `baseline/{ranker}_{scoring}_{metric}` of what needs no training on the task.
 */
import { didYouMean } from '../../spec/suggest.ts';
import { UserError } from '../../spec/user-error.ts';
import type { Item, Metric } from '../item.ts';
import { scoreIntervals, type ScoreInterval, type ScoreIntervalOptions } from './intervals.ts';
import { judgeBench } from './judgebench.ts';
import { multipleChoice } from './multiple-choice.ts';
import { nullMetrics, nullRankers } from './null-rewards.ts';
import { ppeCorrectness, ppeHuman } from './ppe.ts';
import { processBench } from './processbench.ts';
import { rewardBench } from './rewardbench.ts';
import { rewardBench2 } from './rewardbench2.ts';
import { rmBench } from './rm-bench.ts';
import type { Scoring, TaskScoring } from './scoring.ts';

export const scorings: readonly Scoring[] = [
  multipleChoice,
  rewardBench,
  rewardBench2,
  rmBench,
  judgeBench,
  ppeHuman,
  ppeCorrectness,
  processBench,
];

/** @throws UserError (2) where there is none of that name. */
export function scoringNamed(name: string): Scoring {
  const found = scorings.find((scoring) => scoring.name === name);
  if (found !== undefined) return found;
  const known = scorings.map((scoring) => scoring.name);
  throw new UserError(`there is no scoring ${name}`, {
    exitCode: 2,
    hint: didYouMean(name, known) ?? `There are ${known.join(', ')}.`,
  });
}

/** `eval/...` metrics of the items of a test split. None with a reward that is not finite, as in `evaluateTask`. */
export function scoringMetrics(scoring: TaskScoring | null, items: readonly Item[]): readonly Metric[] {
  return scoring === null ? [] : named('eval/', scoring, scored(scoring, items));
}

/** 95 % intervals of those metrics, over groups drawn whole, by the same names. */
export function scoringIntervals(
  scoring: TaskScoring | null,
  items: readonly Item[],
  options: ScoreIntervalOptions = {},
): readonly ScoreInterval[] {
  if (scoring === null) return [];
  return scoreIntervals(items, (drawn) => scoringMetrics(scoring, drawn), options);
}

/** The same of the null rankers, the untrained head and the backbone's own: `baseline/...` metrics. */
export function scoringBaselines(
  scoring: TaskScoring | null,
  { untrainedHead, zeroShot }: { readonly untrainedHead: readonly Item[]; readonly zeroShot: readonly Item[] | null },
): readonly Metric[] {
  if (scoring === null) return [];
  const of = (items: readonly Item[]): readonly Metric[] => scored(scoring, items);
  const rankers = Object.entries(nullRankers).flatMap(([name, ranker]) =>
    named(`baseline/${name}_`, scoring, nullMetrics(untrainedHead, ranker, of)),
  );
  return [
    ...rankers,
    ...named('baseline/untrained_head_', scoring, of(untrainedHead)),
    ...(zeroShot === null ? [] : named('baseline/zero_shot_', scoring, of(zeroShot))),
  ];
}

function scored({ name, settings }: TaskScoring, items: readonly Item[]): readonly Metric[] {
  if (!items.every(({ reward }) => Number.isFinite(reward))) return [];
  return scoringNamed(name)
    .metrics(items, settings)
    .filter(({ value }) => Number.isFinite(value));
}

function named(prefix: string, { name: scoring }: TaskScoring, metrics: readonly Metric[]): readonly Metric[] {
  return metrics.map(({ name, value }) => ({ name: `${prefix}${scoring}_${name}`, value }));
}
