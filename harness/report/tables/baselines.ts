/** What needs no training on the task. */
import { baselineRows, unitText, type BaselineRow } from '../baselines.ts';
import { intervalText, valueText } from '../format.ts';
import type { TableKind } from '../view.ts';
import { ends, type TableNumber } from './numbers.ts';

export const baselinesTable: TableKind = {
  id: 'baselines',
  scope: 'task',
  isFolded: false,
  draw: (view) => {
    const { task, headline } = view;
    const baselines = baselineRows(view);
    const value = ({ mean, interval }: BaselineRow): string =>
      `${valueText(mean, headline)}${interval === null ? '' : ` ${intervalText(interval, headline)}`}`;
    return {
      title: `Null baselines on ${task}`,
      columns: ['baseline', headline.label, 'n'],
      rows: baselines.map((row) => [row.label, value(row), unitText(row)]),
      note:
        `${headline.unit === 'share' ? 'Percent. ' : ''}Rules: 95 % Wilson interval over test pairs, ` +
        `for the length rules at the number of independent pairs that groups of pairs leave. Heads: ` +
        `95 % t-interval over seeds. Zero-shot: the reward head that pretraining trained, before any finetuning.`,
      numbers: baselines.map(numbersOf),
    };
  },
};

function numbersOf({ model, point, metric, mean, interval, n }: BaselineRow): TableNumber {
  return {
    model: model ?? '',
    arm: point?.arm.id ?? '',
    variant: point?.variant ?? '',
    pretrainPairs: point?.pretrainPairs ?? null,
    samples: null,
    metric,
    mean,
    ...ends(interval),
    n,
  };
}
