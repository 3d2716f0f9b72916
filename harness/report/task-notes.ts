/**
 * When a task cannot tell arms apart, or a rule that reads nothing does as well, a report must say so before any curve
 * is believed.
 */
import { choiceHeadline, withinSourceAccuracy, type Metric } from '../kinds/metrics.ts';
import { wilsonInterval } from '../stats/index.ts';
import { baselineRows, lengthBaselines, randomLabel } from './baselines.ts';
import { estimateMetric, recordedValues, testItemsOf, type TestItems } from './estimate.ts';
import { count, plural } from '../text/index.ts';
import { valueWithUnit } from './format.ts';
import { direction } from './headlines.ts';
import type { Statement } from './report-types.ts';
import type { TaskView } from './view.ts';

const ceiling = 0.98;
/** Assumed where the size of the test set is not recorded. */
const assumedTestPairs = 500;

export function taskNotes(view: TaskView): readonly Statement[] {
  return [...degenerateNotes(view), ...informationNotes(view)].map((text) => ({
    tone: 'warning',
    task: view.task,
    text,
    isClaim: false,
  }));
}

/**
 * A model that gives every response the same reward has an accuracy, but has learned nothing: it stays in the means,
 * and is named.
 */
function degenerateNotes({ task, cells }: TaskView): readonly string[] {
  const degenerate = recordedValues(cells, 'eval/degenerate').filter((value) => value === 1).length;
  if (degenerate === 0) return [];
  return [
    `${task}: in ${plural(degenerate, 'completed trial')} all rewards are equal (a collapsed model); ` +
      `they are in the means as they are.`,
  ];
}

function informationNotes(view: TaskView): readonly string[] {
  const { headline, cells } = view;
  const means = cells.flatMap((cell) => estimateMetric(cell.used, headline)?.mean ?? []);
  if (means.length === 0) return [];
  const uninformative = ceilingNote(view, means) ?? chanceNote(view, means);
  if (uninformative !== null) return [uninformative];
  return [...lengthNotes(view, means), ...withinSourceNotes(view)];
}

/** Rules that read nothing but the length, where they do as well as the best arm. */
function lengthNotes(view: TaskView, means: readonly number[]): readonly string[] {
  const { task, headline } = view;
  const best = bestOf(means, headline);
  return lengthBaselines(view)
    .filter((row) => direction(headline) * (row.mean - best) >= 0)
    .map(
      (row) =>
        `${task}: choosing the ${row.label} (${valueWithUnit(row.mean, headline)}) does as well as the best arm ` +
        `(${valueWithUnit(best, headline)}).`,
    );
}

/** As above, where the writer gives nothing away. */
function withinSourceNotes({ task, cells, testPairs: [own], metricOf }: TaskView): readonly string[] {
  const found = own?.longestWithinSource ?? null;
  const metric = metricOf(withinSourceAccuracy);
  const means = cells.flatMap((cell) => estimateMetric(cell.used, metric)?.mean ?? []);
  if (found === null || means.length === 0) return [];
  const best = bestOf(means, metric);
  if (found.share < best) return [];
  return [
    `${task}: on the ${count(found.pairs)} test pairs of one source, choosing the longest response ` +
      `(${valueWithUnit(found.share, metric)}) does as well as the best arm (${valueWithUnit(best, metric)}).`,
  ];
}

function bestOf(means: readonly number[], headline: Metric): number {
  const sign = direction(headline);
  return sign * Math.max(...means.map((value) => sign * value));
}

function ceilingNote({ task, headline }: TaskView, means: readonly number[]): string | null {
  if (headline.unit !== 'share' || headline.better !== 'high' || Math.min(...means) < ceiling) return null;
  return (
    `${task} is uninformative: every arm is at the ceiling (at least ${valueWithUnit(ceiling, headline)}), ` +
    `so no arm can be seen to be better.`
  );
}

/** Only for a share of which it is known what a coin scores. */
function chanceNote(view: TaskView, means: readonly number[]): string | null {
  const { task, headline } = view;
  const [best, limit] = [bestOf(means, headline), limitOfChance(view)];
  if (limit === null || direction(headline) * (best - limit.value) > 0) return null;
  const side = direction(headline) === 1 ? 'above' : 'below';
  return (
    `${task} is uninformative: no arm is ${side} what chance gives on this many ${limit.noun} ` +
    `(${valueWithUnit(limit.value, headline)}; the best mean is ${valueWithUnit(best, headline)}), ` +
    `so that equal arms mean nothing here.`
  );
}

/**
 * The better end of the 95 % interval around chance, on as many independent items as there are in effect. Chance of
 * multiple choice depends on the options: it is what the ranker `random` is recorded with.
 */
function limitOfChance(view: TaskView): { readonly value: number; readonly noun: TestItems['noun'] } | null {
  const { headline } = view;
  const chance = headline.name === choiceHeadline ? randomBaseline(view) : headline.chance;
  if (chance === null || headline.unit !== 'share') return null;
  const { n, noun } = independentItems(view);
  const interval = wilsonInterval(chance, Math.max(2, Math.floor(n)));
  return { value: direction(headline) === 1 ? (interval?.high ?? 1) : (interval?.low ?? 0), noun };
}

function independentItems({ cells, headline, testPairs }: TaskView): { readonly n: number } & TestItems {
  const trials = cells.flatMap((cell) => cell.used);
  const items = testItemsOf(headline, trials);
  const sizes = recordedValues(cells, items.metric);
  const counted = sizes.length > 0 ? Math.min(...sizes) : assumedTestPairs;
  return { ...items, n: items.noun === 'test pairs' ? (testPairs[0]?.effectiveN ?? counted) : counted };
}

const randomBaseline = (view: TaskView): number | null =>
  baselineRows(view).find(({ label }) => label === randomLabel)?.mean ?? null;
