/** How much of the compute goes into pretraining: every split that was measured, and the best within each budget. */
import { unique } from '../distinct.ts';
import { count, plural } from '../../text/index.ts';
import { armLabel, dash, estimateText, flopsText, labelWith, percent } from '../format.ts';
import { chosenText, gainText, lineText } from '../split/split-words.ts';
import type { BestSplit, ComputeSplit, SplitPoint } from '../split/split-types.ts';
import type { TableKind } from '../view.ts';
import { ends, numberRow, type TableNumber } from './numbers.ts';

const columns = ['arm', 'samples', 'pretraining', 'finetuning', 'total', 'pretraining, %'];

export const computeSplitTable: TableKind = {
  id: 'compute-split',
  scope: 'model',
  isFolded: true,
  draw: ({ task, model, headline, computeSplits }) => {
    const splits = computeSplits.filter((split) => split.model === model);
    return {
      title: `Training FLOPs in pretraining and in finetuning: ${task}, ${model}`,
      columns: [...columns, headline.label, 'frontier', 'gain'],
      rows: splits.flatMap((split) => [
        ...split.points.map((point) => pointRow(point, split)),
        ...bestRows(split, lineText(split, splits)),
      ]),
      note: noteOf(splits),
      numbers: splits.flatMap((split) => [
        ...split.points.flatMap((point) => pointNumbers(point, split)),
        ...split.best.flatMap((best) => bestNumbers(best, split)),
      ]),
    };
  },
};

function pointRow(point: SplitPoint, { samples, headline }: ComputeSplit): readonly string[] {
  const { pretrainFlops, finetuneFlops, totalFlops, pretrainShare, estimate, isOnFrontier } = point;
  return [
    armLabel(point, true),
    count(samples),
    flopsText(pretrainFlops),
    flopsText(finetuneFlops),
    flopsText(totalFlops),
    percent(pretrainShare),
    estimateText(estimate, headline),
    isOnFrontier === null ? dash : isOnFrontier ? 'yes' : 'no',
    dash,
  ];
}

function bestRows(split: ComputeSplit, line: string): readonly (readonly string[])[] {
  const { samples, headline, best, lack } = split;
  const row = (what: string, cells: readonly [total: string, share: string, value: string, gain: string]) => {
    const [total, share, value, gain] = cells;
    return [labelWith(what, [line]), count(samples), dash, dash, total, share, value, dash, gain];
  };
  if (lack !== null) return [row(`no best split: ${lack}`, [dash, dash, dash, dash])];
  return best.map((one) => {
    const gain = one.gain === null ? dash : gainText(one.gain, split);
    const value = estimateText(one.estimate, headline);
    return row('best split within the total', [flopsText(one.budgetFlops), chosenText(one), value, gain]);
  });
}

function noteOf(splits: readonly ComputeSplit[]): string {
  const uncosted = Math.max(0, ...splits.map((split) => split.uncosted));
  const lost = uncosted === 0 ? '' : ` ${plural(uncosted, 'point')} without a known cost: not here.`;
  return `${costText(splits)} ${samplesText(splits)} ${choiceText}${lost}`;
}

function costText(splits: readonly ComputeSplit[]): string {
  const starts = unique(splits.map(({ startFlops }) => startFlops)).filter((flops) => flops > 0);
  const took = starts.map(flopsText).join(' or ');
  const start = took === '' ? '' : ` The model that all begin with took ${took} FLOPs more, which no total has.`;
  return (
    `Training FLOPs (forward and backward) as planned, from the common start to the end of finetuning; arms that ` +
    `begin elsewhere are not here.${start} Each point bears its whole pretraining, also where several share a trunk; ` +
    `finetuning that stops early counts whole; tuning and data are not counted.`
  );
}

const choiceText =
  'Frontier: no split of as many samples costs no more and is better, by means; controls are on none. Best split: ' +
  'the best of noisy means is partly the luckiest, so it is chosen by the mean over all seeds but one, and read on ' +
  'that one (behind a share: at how many seeds). A total is left out where nothing changes from the one before it. ' +
  'Gain: against finetuning alone within the same total, chosen likewise; more is better. Exploratory. Intervals: t ' +
  'over seeds, not corrected for their number; of best splits and gains wider, since their choices share seeds ' +
  '(Nadeau and Bengio).';

/** Samples are drawn again and again over the steps, so that more of them need not cost more. */
function samplesText(splits: readonly ComputeSplit[]): string {
  const costs = splits.flatMap(({ treatment, points }) =>
    points.map((point) => [JSON.stringify([treatment.variant, armLabel(point, true)]), point.totalFlops] as const),
  );
  const isFree = unique(costs.map(([place]) => place)).length === unique(costs.map(String)).length;
  const free = isFree ? ' The number of steps is fixed, so that more samples take no more FLOPs.' : '';
  return `Samples are labels, a cost of their own.${free}`;
}

function pointNumbers(point: SplitPoint, { model, samples, headline }: ComputeSplit): readonly TableNumber[] {
  const row = (metric: string): TableNumber => numberRow({ model, point, samples, metric }, point.estimate);
  const exact = (metric: string, mean: number): TableNumber => ({ ...row(metric), mean, ...ends(null) });
  return [
    row(headline.name),
    exact('compute/pretrain_flops', point.pretrainFlops),
    exact('compute/finetune_flops', point.finetuneFlops),
    ...(point.isOnFrontier === null ? [] : [exact('compute/on_frontier', Number(point.isOnFrontier))]),
  ];
}

function bestNumbers(best: BestSplit, { model, samples, headline, treatment }: ComputeSplit): readonly TableNumber[] {
  const { budgetFlops, estimate, gain, chosen } = best;
  const variant = [treatment.variant, `compute/budget_flops = ${budgetFlops}`].filter((part) => part !== '').join(', ');
  const row = (metric: string): TableNumber => ({
    ...numberRow({ model, point: { arm: treatment.arm, variant, pretrainPairs: 0 }, samples, metric }, estimate),
    // Seeds may be read at different ones.
    pretrainPairs: null,
  });
  const shares = chosen.reduce((sum, { pretrainShare, seeds }) => sum + pretrainShare * seeds, 0);
  return [
    row(headline.name),
    { ...row('compute/pretrain_share'), mean: shares / estimate.n, ...ends(null) },
    ...(gain === null ? [] : [{ ...row('compute/gain'), mean: gain.mean, ...ends(gain.interval), n: gain.n }]),
  ];
}
