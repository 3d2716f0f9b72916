/** Every paired comparison with its statistics. */
import type { Metric } from '../../kinds/metrics.ts';
import { count } from '../../text/index.ts';
import { detectableDifference } from '../compare/detectable.ts';
import { isRegistered } from '../compare/significance.ts';
import { armLabel, dash, differenceInterval, differenceText, pValue, unitSuffix, valueText } from '../format.ts';
import { readingText } from '../readings.ts';
import type { Comparison } from '../report-types.ts';
import type { TableKind } from '../view.ts';
import { ends, type TableNumber } from './numbers.ts';

type Column = readonly [string, (comparison: Comparison) => string];

const columns: readonly Column[] = [
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
  ['p', ({ p }) => pValue(p)],
  ['adjusted p', ({ adjustedP }) => pValue(adjustedP)],
  ['sign-flip p', ({ statistics }) => pValue(statistics?.signFlipP ?? null)],
  [
    'detectable',
    (comparison) => {
      const least = detectableDifference(comparison);
      if (least === null) return dash;
      return comparison.headline.unit === 'share' && least > 1 ? 'none' : valueText(least, comparison.headline);
    },
  ],
  ['reading', (comparison) => `${standing(comparison.claim)}${readingText(comparison)}`],
];

/** Where a claim is on another metric than its task. */
const metricColumn: Column = ['metric', ({ headline }) => headline.label];

/** Only the claim is marked: all others are exploratory. */
function standing(claim: Comparison['claim']): string {
  if (claim === null) return '';
  return isRegistered(claim) ? 'registered claim: ' : 'late claim: ';
}

const methods =
  'n: seeds; all models and sizes of a seed are averaged, and a seed that lacks one is left out. ' +
  '"over seeds": 95 % t-interval. "over seeds and test pairs": 95 % crossed bootstrap that draws groups of pairs ' +
  'whole. p: paired t-test. Adjusted: by Holm over all tests of the report, whatever their task, size, model and budget, ' +
  'except a registered claim, which stands for itself. All but that claim are exploratory. ' +
  'Sign-flip p is exact and cannot go below 2/2^n (0.25 for three seeds). Detectable: the smallest true difference ' +
  'found with 80 % power after adjustment, given the spread seen over seeds and, where recorded, over test pairs. ' +
  'Beyond noise = adjusted p < 0.05 and, where recorded, the interval over test pairs leaves out 0.';

function noteStart(headline: Metric, isMixed: boolean): string {
  const unit = unitSuffix(headline);
  if (isMixed) return 'Differences of the metric that stands there, shares in points, paired by seed.';
  return `Differences${unit === '' ? '' : ` in${unit}`} of ${headline.label}, paired by seed.`;
}

export const comparisonsTable: TableKind = {
  id: 'comparisons',
  scope: 'task',
  isFolded: true,
  draw: ({ task, headline, comparisons, smallerBudgets }) => {
    const all = toldOnce([...comparisons, ...smallerBudgets]);
    const isMixed = all.some((comparison) => comparison.headline.name !== headline.name);
    const shown = isMixed ? [...columns.slice(0, 2), metricColumn, ...columns.slice(2)] : columns;
    return {
      title: `All paired comparisons on ${task}`,
      columns: shown.map(([label]) => label),
      rows: all.map((comparison) => shown.map(([, text]) => text(comparison))),
      note: `${noteStart(headline, isMixed)} ${methods}`,
      numbers: all.map(numbersOf),
    };
  },
};

/** With one model "all models" is that model: the first of two comparisons of the same trials is shown. */
function toldOnce(comparisons: readonly Comparison[]): readonly Comparison[] {
  const keyOf = ({ treatment, reference, samples, models, differences }: Comparison): string =>
    JSON.stringify([treatment, reference, samples, models, differences]);
  const first = new Map(comparisons.toReversed().map((comparison) => [keyOf(comparison), comparison]));
  return comparisons.filter((comparison) => first.get(keyOf(comparison)) === comparison);
}

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
