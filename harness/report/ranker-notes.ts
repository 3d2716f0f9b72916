/**
 * What a reader must know before believing an accuracy: a ranker that understands nothing does as well, the test asks
 * the questions of the training under other names, or all seeds train on nearly the same sample.
 */
import type { Metric } from '../kinds/metrics.ts';
import { ascending } from './distinct.ts';
import { estimateMetric, recordedValues } from './estimate.ts';
import { count } from '../text/index.ts';
import { listText, percent, valueWithUnit } from './format.ts';
import { direction } from './headlines.ts';
import { controlNote } from './novelty.ts';
import { rankerRows, type RankerRow } from './ranker-rows.ts';
import type { Cell, Statement } from './report-types.ts';
import { sampleSizes } from './cells.ts';
import type { TaskView } from './view.ts';

export function rankerNotes(view: TaskView): readonly Statement[] {
  const texts = [
    ...controlNote(view),
    ...rankerRows(view).flatMap((row) => asGoodNote(row, view)),
    ...sharedSampleNote(view),
  ];
  return texts.map((text) => ({ tone: 'warning', task: view.task, text, isClaim: false }));
}

/** Sizes at which the ranker is at least as good as the best arm. */
function asGoodNote({ label, values }: RankerRow, { task, headline, cells }: TaskView): readonly string[] {
  const ahead = values.flatMap(({ samples, mean }) => {
    const best = bestArm(cells, samples, headline);
    if (best === null || direction(headline) * (mean - best) < 0) return [];
    return [`${valueWithUnit(mean, headline)} against ${valueWithUnit(best, headline)} at ${count(samples)} samples`];
  });
  if (ahead.length === 0) return [];
  return [`${task}: the ${label} does as well as the best arm (${listText(ahead)}). It understands nothing.`];
}

function bestArm(cells: readonly Cell[], samples: number, headline: Metric): number | null {
  const means = cells.flatMap((cell) =>
    cell.samples === samples ? (estimateMetric(cell.used, headline)?.mean ?? []) : [],
  );
  const sign = direction(headline);
  return means.length === 0 ? null : sign * Math.max(...means.map((value) => sign * value));
}

/** Two samples may share this much of their pairs before the seeds count as one sample. */
const mostShared = 0.25;

function sharedSampleNote({ task, cells }: TaskView): readonly string[] {
  const shared = sampleSizes(cells).flatMap((samples) => {
    const own = cells.filter((cell) => cell.samples === samples);
    const shares = recordedValues(own, 'sample/shared_between_seeds');
    const [share] = ascending(shares).toReversed();
    return share === undefined || share <= mostShared ? [] : [`${percent(share)} % at ${count(samples)} samples`];
  });
  if (shared.length === 0) return [];
  return [
    `${task}: the samples of two seeds share much of their training pairs (expected: ${listText(shared)}), since the ` +
      'train split is small. Intervals over seeds leave out that part of the variance of the sample.',
  ];
}
