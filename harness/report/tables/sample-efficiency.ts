/** How many samples the other arms need to be as good as a pretrained one is. */
import { count } from '../../text/index.ts';
import { unique } from '../distinct.ts';
import { reachText, timesInterval, timesText } from '../efficiency-sentence.ts';
import { armLabel, dash, listText, valueText } from '../format.ts';
import type { Efficiency } from '../report-types.ts';
import type { TableKind } from '../view.ts';

export const sampleEfficiencyTable: TableKind = {
  id: 'sample-efficiency',
  scope: 'task',
  isFolded: false,
  draw: ({ task, headline, efficiency }) => ({
    title: `Sample efficiency on ${task}`,
    columns: ['arm', 'samples', headline.label, 'compared with', 'which needs', 'ratio', 'ratio, 95 % interval', 'n'],
    rows: efficiency.map(rowOf),
    note:
      `Samples at which the arm compared with reaches the same ${headline.label}. ${modelsText(efficiency)}` +
      `Mean curves are made monotone (isotonic regression) and read linearly in log samples, never beyond the sizes ` +
      `measured: \u2264 and > are bounds. A ratio above 1 means that the pretrained arm saves samples. Exploratory: ` +
      `the intervals are not corrected for their number. Intervals: Student draws over seeds, both arms of a seed ` +
      `together; n = seeds complete on both sides.`,
  }),
};

function modelsText(efficiency: readonly Efficiency[]): string {
  const averaged = unique(efficiency.filter(({ models }) => models.length > 1).map(({ models }) => listText(models)));
  return averaged.map((models) => `Averaged within a seed: ${models}. `).join('');
}

function rowOf({ treatment, reference, samples, value, headline, needs, interval, n }: Efficiency): readonly string[] {
  return [
    armLabel(treatment),
    count(samples),
    valueText(value, headline),
    armLabel(reference, true),
    reachText(needs),
    timesText(needs, samples),
    interval === null ? dash : timesInterval(interval, samples),
    count(n),
  ];
}
