/** Means over seeds, with their intervals. */
import { choiceHeadline, type Metric } from '../kinds/metrics.ts';
import type { TrialResult } from '../record/trial-result.ts';
import { mean, tInterval, type Interval } from '../stats/index.ts';
import type { Cell, Estimate } from './report-types.ts';

/** How many test pairs a trial was measured on. */
export const testPairsMetric = 'eval/pairs';

/** What a metric of the test split counts, and the metric that says how many of them there were. */
export interface TestItems {
  readonly noun: 'test pairs' | 'questions';
  readonly metric: string;
}

/** Multiple choice counts questions, and so does whatever a benchmark without pairs is scored by. */
export function testItemsOf({ name }: Metric, trials: readonly TrialResult[]): TestItems {
  const has = (metric: string): boolean => trials.some(({ metrics }) => (metrics[metric] ?? 0) > 0);
  const isOfQuestions = name === choiceHeadline || (has(poolQuestionsMetric) && !has(testPairsMetric));
  return isOfQuestions
    ? { noun: 'questions', metric: poolQuestionsMetric }
    : { noun: 'test pairs', metric: testPairsMetric };
}

const poolQuestionsMetric = 'eval/pool_questions';

/** Mean of a metric over the seeds that have it; null where none does. */
export function estimateMetric(trials: readonly TrialResult[], { name, unit }: Metric): Estimate | null {
  const values = trials.flatMap(({ trialId, seed, metrics: { [name]: value } }) =>
    value === undefined ? [] : [{ seed, value, trialId }],
  );
  if (values.length === 0) return null;
  const numbers = values.map(({ value }) => value);
  const interval = withinUnit(tInterval(numbers, { unit: 'seeds' }), { unit });
  return { mean: mean(numbers), interval, n: numbers.length, values };
}

/** A share lies between 0 and 1, which Student's t knows nothing of. */
export function withinUnit(interval: Interval | null, { unit }: Pick<Metric, 'unit'>): Interval | null {
  if (unit !== 'share' || interval === null) return interval;
  return { ...interval, low: Math.max(0, interval.low), high: Math.min(1, interval.high) };
}

/** Of a used trial, which has one. */
export function headlineOf(trial: TrialResult, { name }: Metric): number {
  return trial.metrics[name] as number;
}

/** Every recorded value of a metric among the used trials. */
export function recordedValues(cells: readonly Cell[], metric: string): readonly number[] {
  return cells.flatMap((cell) => cell.used.flatMap((trial) => trial.metrics[metric] ?? []));
}

/**
 * Trials of one backbone share their baseline across sample sizes: one trial a seed, or n would count it many times.
 */
export function bySeed(trials: readonly TrialResult[]): readonly TrialResult[] {
  return [...new Map(trials.map((trial) => [trial.seed, trial])).values()].toSorted((a, b) => a.seed - b.seed);
}
