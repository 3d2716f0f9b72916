/** How many samples a model without pretraining needs to be as good as a pretrained one. */
import { count } from '../../text/index.ts';
import { armLabel, ratio, valueText } from '../format.ts';
import type { Efficiency } from '../report-types.ts';
import type { TableKind } from '../view.ts';

export const sampleEfficiencyTable: TableKind = {
  id: 'sample-efficiency',
  scope: 'task',
  isFolded: false,
  draw: ({ task, headline, efficiency }) => ({
    title: `Sample efficiency on ${task}`,
    columns: [
      'model',
      'arm',
      'samples',
      headline.label,
      'compared with',
      'which needs',
      'ratio',
      'ratio, seed by seed',
    ],
    rows: efficiency.map(rowOf),
    note:
      `Samples at which the mean curve of the arm compared with reaches the same ${headline.label}. ` +
      `Interpolated linearly in log samples, never extrapolated. ` +
      `A ratio above 1 means that the pretrained arm saves samples. A point estimate: ` +
      `the spread is in the last column.`,
  }),
};

function rowOf(row: Efficiency): readonly string[] {
  const { model, treatment, reference, samples, value, headline, referenceSamples, isBelow, seedRatios } = row;
  const needs = (text: (samples: number) => string): string =>
    referenceSamples === null ? 'not reached' : `${isBelow ? '\u2264 ' : ''}${text(referenceSamples)}`;
  return [
    model,
    armLabel(treatment),
    count(samples),
    valueText(value, headline),
    armLabel(reference, true),
    needs((at) => count(Math.round(at))),
    needs((at) => ratio(at / samples)),
    seedRatios.map((seed) => (seed.ratio === null ? 'not reached' : ratio(seed.ratio))).join(', '),
  ];
}
