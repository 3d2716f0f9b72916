/**
 * When a task cannot tell arms apart, or a rule that reads nothing does as well, a report must say so before any curve
 * is believed.
 */
import { wilsonInterval } from '../stats/index.ts';
import { pairwiseBaselines } from './baselines.ts';
import { accuracyMetric, estimateMetric } from './cells.ts';
import { percent, plural } from './format.ts';
import type { Cell, Statement } from './report-input.ts';

const ceiling = 0.98;

export function taskNotes(task: string, cells: readonly Cell[]): readonly Statement[] {
  return [...degenerateNotes(task, cells), ...informationNotes(task, cells)];
}

/**
 * A model that gives every response the same reward has an accuracy, but has learned nothing: it stays in the means,
 * and is named.
 */
function degenerateNotes(task: string, cells: readonly Cell[]): readonly Statement[] {
  const degenerate = cells.flatMap((cell) =>
    cell.used.filter((trial) => trial.metrics['eval/degenerate'] === 1),
  ).length;
  return degenerate === 0
    ? []
    : [
        {
          tone: 'warning',
          task,
          text: `${task}: in ${plural(degenerate, 'completed trial')} all rewards are equal (a collapsed model); they are in the means as they are.`,
        },
      ];
}

function informationNotes(task: string, cells: readonly Cell[]): readonly Statement[] {
  const means = cells.flatMap((cell) => estimateMetric(cell.used, accuracyMetric)?.mean ?? []);
  if (means.length === 0) return [];
  const best = Math.max(...means);
  const warn = (text: string): Statement => ({ tone: 'warning', task, text });
  const chanceLimit = limitOfChance(cells);
  if (Math.min(...means) >= ceiling)
    return [
      warn(
        `${task} is uninformative: every arm is at the ceiling (at least ${percent(ceiling)} %), so no arm can be seen to be better.`,
      ),
    ];
  if (best <= chanceLimit)
    return [
      warn(
        `${task} is uninformative: no arm is above what chance gives on this many test pairs (${percent(chanceLimit)} %; the best mean is ${percent(best)} %), so that equal arms mean nothing here.`,
      ),
    ];
  const length = pairwiseBaselines(cells).filter((row) => /longest|shortest/.test(row.metric) && row.mean >= best);
  return length.map((row) =>
    warn(
      `${task}: choosing the ${row.label} (${percent(row.mean)} %) does as well as the best arm (${percent(best)} %).`,
    ),
  );
}

/**
 * Upper end of the 95 % interval around one half on the smallest test set; without a recorded size, 500 pairs are
 * assumed.
 */
function limitOfChance(cells: readonly Cell[]): number {
  const sizes = cells.flatMap((cell) => cell.used.flatMap((trial) => trial.metrics['eval/pairs'] ?? []));
  return wilsonInterval(0.5, sizes.length > 0 ? Math.min(...sizes) : 500)?.high ?? 1;
}
