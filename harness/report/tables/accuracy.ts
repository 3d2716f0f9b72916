/** The headline metric of every arm at every sample size. */
import { defaultHeadline, type Metric } from '../../kinds/metrics.ts';
import { armPoints, findCell } from '../arm-points.ts';
import { sampleSizes } from '../cells.ts';
import { lostText } from '../counts.ts';
import { estimateMetric } from '../estimate.ts';
import { rankerNote, rankerNumbers, rankerTexts } from '../ranker-rows.ts';
import { count } from '../../text/index.ts';
import { armLabel, capitalized, dash, estimateText } from '../format.ts';
import type { Cell } from '../report-types.ts';
import type { ModelView, TableKind } from '../view.ts';
import { numberRow, type TableNumber } from './numbers.ts';

export const accuracyTable: TableKind = {
  id: 'accuracy',
  scope: 'model',
  isFolded: false,
  draw: (view) => {
    const { task, model, headline, cells } = view;
    const sizes = sampleSizes(cells);
    return {
      title: `${capitalized(headline.label)} on ${task}, ${model}`,
      columns: ['arm', ...sizes.map((samples) => `${count(samples)} samples`)],
      rows: [
        ...armPoints(cells).map((point) => [
          armLabel(point, true),
          ...sizes.map((samples) => cellText(findCell(cells, point, samples), headline)),
        ]),
        ...rankerTexts(view),
      ],
      note: `${noteOf(headline)}${rankerNote(view)}`,
      numbers: [...numbersOf(view), ...rankerNumbers(view)],
    };
  },
};

function numbersOf({ model, headline, cells }: ModelView): readonly TableNumber[] {
  return armPoints(cells).flatMap((point) =>
    sampleSizes(cells).map((samples) => {
      const estimate = estimateMetric(findCell(cells, point, samples)?.used ?? [], headline);
      return numberRow({ model, point, samples, metric: headline.name }, estimate);
    }),
  );
}

function noteOf(headline: Metric): string {
  const cut = headline.unit === 'share' ? ', cut at 0 and 100' : '';
  return (
    `${meaning(headline)}: mean [95 % t-interval over seeds${cut}] (number of seeds). One seed has no interval. ` +
    `A dash: not in the sweep.`
  );
}

function cellText(cell: Cell | undefined, headline: Metric): string {
  if (cell === undefined) return dash;
  const estimate = estimateMetric(cell.used, headline);
  return estimate === null ? lostText(cell.counts) || 'not measured' : estimateText(estimate, headline);
}

/** What the numbers of the table are. */
function meaning({ name, unit }: Metric): string {
  if (name === defaultHeadline) return 'Percent of test pairs, ties count as wrong';
  return unit === 'share' ? 'Percent' : `In ${unit}`;
}
