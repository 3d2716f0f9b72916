/**
 * Rankers without understanding as rows of an accuracy table: one that was fitted on the same sample as the models, and
 * rules that need no training. What they reach needs no model.
 */
import { defaultHeadline, linearRankerMetric, rankerRuleTemplate, templateParts } from '../kinds/metrics.ts';
import type { TrialResult } from '../record/trial-result.ts';
import { mean, type Interval } from '../stats/index.ts';
import { sampleSizes } from './cells.ts';
import { unique } from './distinct.ts';
import { bySeed, estimateMetric, testPairsMetric } from './estimate.ts';
import { count } from '../text/index.ts';
import { dash, intervalText, valueText } from './format.ts';
import type { Cell } from './report-types.ts';
import { ends, type TableNumber } from './tables/numbers.ts';
import type { ModelView, TaskView } from './view.ts';

/** A ranker at each sample size that it is recorded at. */
export interface RankerRow {
  readonly label: string;
  readonly metric: string;
  readonly values: readonly RankerValue[];
}

export interface RankerValue {
  readonly samples: number;
  readonly mean: number;
  readonly interval: Interval | null;
  /** Seeds of a fitted ranker, test pairs of a rule. */
  readonly n: number;
  readonly unit: 'seeds' | 'test pairs';
}

const readingNames: Readonly<Record<string, string>> = {
  response: 'reads the response',
  prompt_words: 'reads the words of the prompt',
  prompt_order: 'reads the order of the prompt',
};

/** None where the task is judged by something else than pairwise accuracy, or no ranker is recorded. */
export function rankerRows({
  cells,
  headline,
  metricOf,
}: Pick<TaskView, 'cells' | 'headline' | 'metricOf'>): readonly RankerRow[] {
  if (headline.name !== defaultHeadline) return [];
  const trials = cells.flatMap(({ used }) => used);
  const rules = unique(trials.flatMap(({ metrics }) => Object.keys(metrics))).flatMap((metric) =>
    ruleRow(metric, cells),
  );
  const linear = sampleSizes(cells).flatMap((samples): readonly RankerValue[] => {
    const estimate = estimateMetric(bySeed(trialsAt(cells, samples)), metricOf(linearRankerMetric));
    return estimate === null
      ? []
      : [{ samples, mean: estimate.mean, interval: estimate.interval, n: estimate.n, unit: 'seeds' }];
  });
  const fitted = { label: 'linear ranker (fitted on the same samples)', metric: linearRankerMetric, values: linear };
  return [...(linear.length === 0 ? [] : [fitted]), ...rules.toSorted((a, b) => (a.metric < b.metric ? -1 : 1))];
}

/** A rule reads no seed, so its interval is that of the test pairs. */
function ruleRow(metric: string, cells: readonly Cell[]): readonly RankerRow[] {
  const parts = templateParts(rankerRuleTemplate, metric);
  const reads = readingNames[parts?.['reads'] ?? ''];
  if (parts === null || reads === undefined || /_(low|high)$/.test(metric)) return [];
  const label = `rule "${(parts['rule'] ?? '').replaceAll('_', ' ')}" (${reads})`;
  return [
    {
      label,
      metric,
      values: sampleSizes(cells).flatMap((samples) => ruleValue(metric, trialsAt(cells, samples), samples)),
    },
  ];
}

function ruleValue(metric: string, trials: readonly TrialResult[], samples: number): readonly RankerValue[] {
  const having = trials.filter(({ metrics }) => metrics[metric] !== undefined);
  if (having.length === 0) return [];
  // Where tasks are drawn for each seed, the mean over what was drawn.
  const meanOf = (name: string): number | null => {
    const values = unique(having.flatMap(({ metrics }) => metrics[name] ?? []));
    return values.length === 0 ? null : mean(values);
  };
  const pairs = having[0]?.metrics[testPairsMetric] ?? 1;
  const [low, high] = [meanOf(`${metric}_low`), meanOf(`${metric}_high`)];
  const interval =
    low === null || high === null
      ? null
      : { low, high, level: 0.95, method: 'Wilson over test pairs by group', n: pairs };
  return [{ samples, mean: meanOf(metric) ?? 0, interval, n: pairs, unit: 'test pairs' }];
}

const trialsAt = (cells: readonly Cell[], samples: number): readonly TrialResult[] =>
  cells.flatMap((cell) => (cell.samples === samples ? cell.used : []));

/** The rows of `rankerRows` as text, under one column a sample size. */
export function rankerTexts(view: ModelView): readonly (readonly string[])[] {
  return rankerRows(view).map(({ label, values }) => [
    label,
    ...sampleSizes(view.cells).map((samples) => {
      const value = values.find((one) => one.samples === samples);
      return value === undefined ? dash : valueWithInterval(value, view);
    }),
  ]);
}

function valueWithInterval({ mean: value, interval, n, unit }: RankerValue, { headline }: ModelView): string {
  return [
    valueText(value, headline),
    ...(interval === null ? [] : [intervalText(interval, headline)]),
    ...(unit === 'seeds' ? [`(${count(n)})`] : []),
  ].join(' ');
}

/** The same for results.csv: no arm, and the ranker as the variant. */
export function rankerNumbers(view: ModelView): readonly TableNumber[] {
  return rankerRows(view).flatMap(({ label, metric, values }) =>
    values.map(({ samples, mean: value, interval, n }) => ({
      model: view.model,
      arm: '',
      variant: label,
      pretrainPairs: null,
      samples,
      metric,
      mean: value,
      ...ends(interval),
      n,
    })),
  );
}

/** What a reader of the table must know of these rows; empty where there are none. */
export function rankerNote(view: ModelView): string {
  if (rankerRows(view).length === 0) return '';
  return (
    ' Rankers understand nothing. The linear one learns from words, neighbouring words and copied pieces of the ' +
    'prompt, on the sample of each seed. Of the rules that read one thing the best on these test pairs is shown, so ' +
    'its value is on the high side; its interval is over test pairs by group.'
  );
}
