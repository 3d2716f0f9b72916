/** Every paired comparison with its statistics. */
import type { Metric } from '../../kinds/metrics.ts';
import { count } from '../../text/index.ts';
import { armLabel, dash, differenceInterval, differenceText, pValue, unitSuffix, valueText } from '../format.ts';
import { readingNames } from '../readings.ts';
import type { Comparison } from '../report-types.ts';
import type { TableKind } from '../view.ts';
import { ends, type TableNumber } from './numbers.ts';

const columns: readonly (readonly [string, (comparison: Comparison) => string])[] = [
  ['arm', ({ treatment }) => armLabel(treatment)],
  ['against', ({ reference }) => armLabel(reference, true)],
  ['model', ({ model }) => model ?? 'all'],
  ['samples', ({ samples }) => (samples === null ? 'all sizes' : count(samples))],
  [
    'difference',
    ({ statistics, headline }) => (statistics ? differenceText(statistics.meanDifference, headline) : dash),
  ],
  [
    'over seeds',
    ({ statistics, headline }) => (statistics?.interval ? differenceInterval(statistics.interval, headline) : dash),
  ],
  [
    'over seeds and test pairs',
    ({ itemInterval, headline }) => (itemInterval ? differenceInterval(itemInterval, headline) : dash),
  ],
  ['n', ({ differences }) => String(differences.length)],
  ['p', ({ statistics }) => pValue(statistics?.p ?? null)],
  ['adjusted p', ({ adjustedP }) => pValue(adjustedP)],
  ['sign-flip p', ({ statistics }) => pValue(statistics?.signFlipP ?? null)],
  [
    'detectable',
    ({ statistics, headline }) =>
      typeof statistics?.detectable === 'number' ? valueText(statistics.detectable, headline) : dash,
  ],
  ['reading', ({ reading }) => readingNames[reading]],
];

const methods =
  '"over seeds": 95 % t-interval. "over seeds and test pairs": 95 % crossed bootstrap. p: paired t-test; ' +
  'adjusted: Holm, over all comparisons of the same kind (all sizes; one size; one size and model). ' +
  'Sign-flip p is exact and cannot go below 2/2^n (0.25 for three seeds). Detectable: ' +
  'the difference found with 80 % power at the 5 % level, before adjustment. Beyond noise = adjusted p < 0.05 and, where recorded, the interval over test pairs leaves out 0.';

function noteStart(headline: Metric): string {
  const unit = unitSuffix(headline);
  return `Differences${unit === '' ? '' : ` in${unit}`} of ${headline.label}, paired by seed.`;
}

export const comparisonsTable: TableKind = {
  id: 'comparisons',
  scope: 'task',
  isFolded: true,
  draw: ({ task, headline, comparisons }) => ({
    title: `All paired comparisons on ${task}`,
    columns: columns.map(([label]) => label),
    rows: comparisons.map((comparison) => columns.map(([, text]) => text(comparison))),
    note: `${noteStart(headline)} ${methods}`,
    numbers: comparisons.map(numbersOf),
  }),
};

function numbersOf({
  treatment,
  reference,
  model,
  samples,
  headline,
  statistics,
  differences,
}: Comparison): TableNumber {
  return {
    model: model ?? 'all',
    arm: `${treatment.arm.id} - ${reference.arm.id}`,
    variant: treatment.variant,
    pretrainPairs: treatment.pretrainPairs,
    samples,
    metric: `difference of ${headline.name}`,
    mean: statistics?.meanDifference ?? null,
    ...ends(statistics?.interval ?? null),
    n: differences.length,
  };
}
