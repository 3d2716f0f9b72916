/**
 * What needs no training on the task: chance, response length, an untrained head, and a pretrained model's own head.
 * Without these an accuracy says nothing.
 */
import { choiceHeadline, defaultHeadline, type Metric } from '../kinds/metrics.ts';
import type { TrialResult } from '../record/trial-result.ts';
import { wilsonInterval, type Interval } from '../stats/index.ts';
import { armPoints, isAt, withRole } from './arm-points.ts';
import { unique } from './distinct.ts';
import { bySeed, estimateMetric, testItemsOf, testPairsMetric, type TestItems } from './estimate.ts';
import { count } from '../text/index.ts';
import { armLabel } from './format.ts';
import type { ArmPoint, Cell, Estimate } from './report-types.ts';
import { modelViews, type ModelView, type TaskView } from './view.ts';

export interface BaselineRow {
  readonly label: string;
  readonly metric: string;
  /** null: the same for every model and arm. */
  readonly model: string | null;
  readonly point: ArmPoint | null;
  readonly mean: number;
  readonly interval: Interval | null;
  readonly n: number;
  readonly unit: 'seeds' | TestItems['noun'];
}

/** Rankers that read nothing but the length. */
const lengthRules = [
  ['longest', 'longest response'],
  ['shortest', 'shortest response'],
] as const;
/** Counted here, from recorded lengths. */
const longestWithinSourceMetric = 'baseline/longest_within_source_pairwise_accuracy';
export const randomLabel = 'random choice';
const rules = [['random', randomLabel], ...lengthRules] as const;
type Rule = (typeof rules)[number][0];

/** Baselines of the task's headline metric; one that was not recorded has no row. */
export function baselineRows(view: TaskView): readonly BaselineRow[] {
  const fixed = rules.flatMap(([rule, label]) => fixedRow(view, rule, label));
  const heads = modelViews(view).flatMap((own) => [...untrainedRow(own), ...zeroShotRows(own)]);
  return [...fixed, ...withinSourceRow(view), ...heads];
}

/** Who tells writers apart gains nothing here; who likes long responses may. */
function withinSourceRow({ headline, testPairs: [own] }: TaskView): readonly BaselineRow[] {
  const found = own?.longestWithinSource ?? null;
  if (found === null || headline.name !== defaultHeadline) return [];
  const { share: mean, interval, pairs: n } = found;
  const metric = longestWithinSourceMetric;
  const label = 'longest response, pairs of one source';
  return [{ label, metric, model: null, point: null, mean, interval, n, unit: 'test pairs' }];
}

/** How well the longest and the shortest response do. */
export function lengthBaselines(view: TaskView): readonly BaselineRow[] {
  return lengthRules.flatMap(([rule, label]) => fixedRow(view, rule, label));
}

/** `eval/pairwise_accuracy` of the ranker `longest` is recorded as `baseline/longest_pairwise_accuracy`. */
function baselineMetric({ headline, metricOf }: TaskView, name: string): Metric {
  return metricOf(`baseline/${name}_${headline.name.slice(headline.name.indexOf('/') + 1)}`);
}

/**
 * A rule does not depend on the seed: its n are the test pairs. Where values differ after all (a task drawn per seed),
 * the seeds are the n.
 */
function fixedRow(view: TaskView, rule: Rule, label: string): readonly BaselineRow[] {
  const metric = baselineMetric(view, rule);
  const having = trialsOf(view.cells).filter((trial) => trial.metrics[metric.name] !== undefined);
  const values = unique(having.map((trial) => trial.metrics[metric.name] as number));
  const [value, ...others] = values;
  if (value === undefined) return [];
  const row = { label, metric: metric.name, model: null, point: null };
  if (others.length > 0) return seedRows(row, estimateMetric(bySeed(having), metric));
  const items = testItemsOf(view.headline, having);
  const n = having[0]?.metrics[items.metric] ?? 1;
  return [{ ...row, mean: value, interval: intervalOf(view, rule, { value, n, metric, items }), n, unit: items.noun }];
}

interface Counted {
  readonly value: number;
  readonly n: number;
  readonly metric: Metric;
  readonly items: TestItems;
}

/**
 * Of a share over the test pairs that it was counted on. A coin is tossed for each pair, so its pairs are independent;
 * what a length rule gets right goes together within a group of pairs. null where single pairs are not recorded, or are
 * others than those that were counted, and for a benchmark's own score, which is no share of equal items.
 */
function intervalOf({ testPairs: [own], headline }: TaskView, rule: Rule, counted: Counted): Interval | null {
  const { value, n, metric, items } = counted;
  const isCounted = headline.name === defaultHeadline || headline.name === choiceHeadline;
  if (metric.unit !== 'share' || n < 2 || !isCounted) return null;
  if (rule === 'random') return wilsonInterval(value, n, { unit: items.noun });
  if (items.metric !== testPairsMetric) return null;
  const recorded = own?.[rule] ?? null;
  return recorded === null || Math.abs(recorded.share - value) > 1e-9 ? null : recorded.interval;
}

function untrainedRow(view: ModelView): readonly BaselineRow[] {
  const { model, cells } = view;
  const metric = baselineMetric(view, 'untrained_head');
  const row = { label: `untrained head, ${model}`, metric: metric.name, model, point: null };
  return seedRows(row, untrained(cells, metric));
}

/** Arms whose pretraining trained a head. */
function zeroShotRows(view: ModelView): readonly BaselineRow[] {
  const { model, cells } = view;
  const metric = baselineMetric(view, 'zero_shot');
  return armPoints(cells).flatMap((point) => {
    const ours = cells.filter((cell) => isAt(cell, point));
    const label = `zero-shot: ${armLabel(point)}, ${model}`;
    return seedRows({ label, metric: metric.name, model, point }, estimateMetric(bySeed(trialsOf(ours)), metric));
  });
}

function seedRows(
  row: Pick<BaselineRow, 'label' | 'metric' | 'model' | 'point'>,
  estimate: Estimate | null,
): readonly BaselineRow[] {
  if (estimate === null) return [];
  return [{ ...row, mean: estimate.mean, interval: estimate.interval, n: estimate.n, unit: 'seeds' }];
}

/** The untrained head on an untrained backbone where there is one; else on whatever backbone there is. */
export function untrained(cells: readonly Cell[], metric: Metric): Estimate | null {
  const unpretrained = withRole(cells, 'null');
  return estimateMetric(bySeed(trialsOf(unpretrained.length > 0 ? unpretrained : cells)), metric);
}

const trialsOf = (cells: readonly Cell[]): readonly TrialResult[] => cells.flatMap((cell) => cell.used);

export function unitText({ n, unit }: Pick<BaselineRow, 'n' | 'unit'>): string {
  return `${count(n)} ${unit}`;
}
