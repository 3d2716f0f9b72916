/** The lines of best-of-N: arms under the reward, a reward-weighted vote, and references that need no training. */
import {
  bestOfTemplate,
  templateParts,
  weightedVoteTemplate,
  withinSourceBestOfTemplate,
  type Metric,
} from '../../kinds/metrics.ts';
import { withRole } from '../arm-points.ts';
import { untrained } from '../baselines.ts';
import { ascending, unique } from '../distinct.ts';
import { bySeed, estimateMetric } from '../estimate.ts';
import { withQuestionError } from '../question-error.ts';
import type { ArmPoint, Cell, Estimate } from '../report-types.ts';
import { modelViews, type ModelView, type TaskView } from '../view.ts';
import type { ArmSeries } from './arm-series.ts';
import { chartRows, finishedRows, type ChartRow } from './chart-rows.ts';
import { referenceStyles } from './chart-theme.ts';
import type { Series } from './series.ts';

/** Which candidates a subset is drawn from, and under which names that is recorded. */
export interface Drawing {
  readonly bestOf: string;
  /** null: not recorded for it. */
  readonly vote: string | null;
  /** Before the name of a baseline. */
  readonly prefix: '' | 'within_source_';
}

/** All candidates of a question. */
export const pooled: Drawing = { bestOf: bestOfTemplate, vote: weightedVoteTemplate, prefix: '' };
/** Those of one source. */
export const withinSource: Drawing = { bestOf: withinSourceBestOfTemplate, vote: null, prefix: 'within_source_' };

export const atN = (template: string, n: number): string => template.replace('{n}', String(n));

interface Reference extends Series {
  metricAt(n: number): string;
  /** The untrained head differs from seed to seed, so it has a spread. */
  readonly isModel: boolean;
}

export function referencesOf({ prefix }: Drawing): readonly Reference[] {
  const rule = (label: string, name: keyof typeof referenceStyles): Reference => ({
    ...referenceStyles[name],
    label,
    metricAt: (n) => `baseline/${prefix}${name}_at_${n}`,
    isModel: false,
  });
  return [
    rule('perfect judge (pass@N)', 'pass'),
    rule('majority vote', 'majority'),
    rule('random choice', 'random'),
    rule('longest response', 'longest'),
    rule('shortest response', 'shortest'),
    {
      ...referenceStyles.untrained,
      label: 'untrained head',
      metricAt: (n) => `baseline/untrained_head_${prefix}best_of_${n}`,
      isModel: true,
    },
  ];
}

/** The Ns at which anything was measured. */
export function sizesOf(cells: readonly Cell[], { bestOf }: Drawing): readonly number[] {
  return ascending(
    metricNames(cells)
      .flatMap((name) => templateParts(bestOf, name)?.['n'] ?? [])
      .map(Number),
  );
}

export const metricNames = (cells: readonly Cell[]): readonly string[] =>
  unique(cells.flatMap((cell) => cell.used.flatMap((trial) => Object.keys(trial.metrics))));

/**
 * The vote of one arm, or the legend would hold every arm twice: the treatment's; the first arm's where there is none.
 */
export function voteOf(cells: readonly Cell[], arms: ArmSeries): (Series & { readonly point: ArmPoint }) | null {
  const point = withRole(cells, 'treatment')[0] ?? cells[0];
  const own = point === undefined ? null : arms.styleOf(point);
  if (point === undefined || own === null) return null;
  return { point, label: `${own.label}, reward-weighted vote`, color: own.color, shape: 'diamond', dash: [2, 2] };
}

export interface Lines {
  readonly arms: ArmSeries;
  readonly sizes: readonly number[];
  readonly drawing: Drawing;
}

export function rowsOf(view: TaskView, lines: Lines): readonly ChartRow[] {
  const rows = modelViews(view).flatMap((own) => [
    ...lines.sizes.flatMap((n) => modelRows(own, lines, n)),
    ...lines.sizes.flatMap((n) => referenceRows(own, lines, n)),
  ]);
  return finishedRows(rows);
}

function modelRows({ cells, metricOf, model }: ModelView, { arms, drawing }: Lines, n: number): ChartRow[] {
  const rewarded = cells.flatMap((cell) => {
    const arm = arms.styleOf(cell)?.label ?? '';
    const at = { panel: model, series: arm, x: n, origin: { arm, model } };
    return chartRows(at, estimateOf(cell, metricOf(atN(drawing.bestOf, n))));
  });
  const vote = voteOf(cells, arms);
  const voter = cells.find((cell) => vote !== null && cell === vote.point);
  if (vote === null || voter === undefined || drawing.vote === null) return rewarded;
  const at = { panel: model, series: vote.label, x: n, origin: { arm: vote.label, model } };
  return [...rewarded, ...chartRows(at, estimateOf(voter, metricOf(atN(drawing.vote, n))))];
}

function estimateOf({ used }: Cell, metric: Metric): Estimate | null {
  return withQuestionError(estimateMetric(used, metric), used, metric);
}

function referenceRows({ cells, metricOf, model }: ModelView, { drawing }: Lines, n: number): ChartRow[] {
  return referencesOf(drawing).flatMap((reference) => {
    const estimate = referenceEstimate(cells, reference, metricOf(reference.metricAt(n)));
    const { label } = reference;
    return chartRows({ panel: model, series: label, x: n, origin: { arm: label, model } }, estimate);
  });
}

/**
 * References do not depend on training; equal values of all seeds are one value, not a mean with n seeds and no spread.
 */
function referenceEstimate(cells: readonly Cell[], { isModel }: Reference, metric: Metric): Estimate | null {
  const trials = bySeed(cells.flatMap((cell) => cell.used));
  if (isModel) return withQuestionError(untrained(cells, metric), trials, metric);
  const over = estimateMetric(trials, metric);
  const isOneValue = over?.values.every(({ value }) => value === over.values[0]?.value) === true;
  return withQuestionError(over !== null && isOneValue ? { ...over, n: 1, values: [] } : over, trials, metric);
}
