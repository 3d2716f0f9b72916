/**
 * How the compute of a reward model was split between pretraining and finetuning. Each treatment makes a line with the
 * arms without pretraining that begin with the same model, at one model and sample size: samples are labels, which cost
 * something else than FLOPs.
 */
import { holm } from '../../stats/index.ts';
import { ascending, groupBy, unique } from '../distinct.ts';
import { estimateMetric } from '../estimate.ts';
import { direction } from '../headlines.ts';
import type { Cell, Estimate } from '../report-types.ts';
import { standsBeside, withoutShared } from '../variants.ts';
import { bestSplits, lackOf } from './best-split.ts';
import { costedCells, lengthAxes, type ComputeOfTrial, type CostedCell } from './point-compute.ts';
import type { ComputeSplit, SplitPoint } from './split-types.ts';

/** None where all points cost the same, or have the same share of pretraining: then there is nothing to choose. */
export function computeSplits(cells: readonly Cell[], compute: ComputeOfTrial): readonly ComputeSplit[] {
  const ofModels = groupBy(cells, ({ task, model }) => JSON.stringify([task, model]));
  const splits = ofModels.flatMap((own) => {
    const costed = costedCells(own, compute);
    const uncosted = own.filter(({ used }) => used.length > 0).length - costed.length;
    return splitsOfModel(costed).map((split) => ({ ...split, uncosted }));
  });
  return withAdjustedP(splits);
}

type Split = Omit<ComputeSplit, 'uncosted' | 'adjustedP'>;

function splitsOfModel(cells: readonly CostedCell[]): readonly Split[] {
  const axes = lengthAxes(cells);
  // What is left of a variant names the line.
  const lined = cells.map((cell) => ({ cell, line: withoutShared(cell.variant, axes).rest }));
  const treatments = groupBy(
    lined.filter(({ cell }) => cell.arm.role === 'treatment'),
    ({ cell, line }) => JSON.stringify([cell.arm.id, line]),
  );
  return treatments.flatMap((treated) => {
    const [{ cell: first, line }] = treated;
    const others = lined.filter(
      ({ cell, line: other }) =>
        cell.arm.role !== 'treatment' && cell.startFlops === first.startFlops && standsBeside(other, line),
    );
    const own = [...treated, ...others].map(({ cell }) => cell);
    return ascending(treated.map(({ cell }) => cell.samples)).flatMap((samples) =>
      splitOf(
        own.filter((cell) => cell.samples === samples),
        { arm: first.arm, variant: line },
      ),
    );
  });
}

function splitOf(cells: readonly CostedCell[], treatment: ComputeSplit['treatment']): readonly Split[] {
  const [{ task, headline, model, samples, startFlops }] = cells as [CostedCell];
  const points = withFrontier(cells.map(pointOf), direction(headline));
  const options = points.filter(({ isOnFrontier }) => isOnFrontier !== null);
  const differs = (of: 'totalFlops' | 'pretrainShare'): boolean => unique(options.map((one) => one[of])).length > 1;
  if (!differs('totalFlops') || !differs('pretrainShare')) return [];
  const lack = lackOf(options);
  const best = lack === null ? bestSplits(options, headline) : [];
  return [{ task, headline, model, samples, treatment, startFlops, points, best, lack }];
}

/** The cheapest first. */
function withFrontier(points: readonly SplitPoint[], sign: 1 | -1): readonly SplitPoint[] {
  const options = points.filter(({ arm }) => arm.role !== 'control');
  return points
    .toSorted((a, b) => a.totalFlops - b.totalFlops)
    .map((point) => ({
      ...point,
      isOnFrontier: options.includes(point) ? !options.some((other) => dominates(other, point, sign)) : null,
    }));
}

function pointOf(cell: CostedCell): SplitPoint {
  const { arm, pretrainPairs, variant, pretrainFlops, finetuneFlops, totalFlops } = cell;
  const place = { arm, pretrainPairs, variant, pretrainFlops, finetuneFlops, totalFlops };
  const estimate = estimateMetric(cell.used, cell.headline) as Estimate;
  return { ...place, pretrainShare: pretrainFlops / totalFlops, estimate, isOnFrontier: null };
}

/** As good for less, or better for no more. */
function dominates(other: SplitPoint, { totalFlops, estimate }: SplitPoint, sign: 1 | -1): boolean {
  const gain = sign * (other.estimate.mean - estimate.mean);
  return (gain > 0 && other.totalFlops <= totalFlops) || (gain === 0 && other.totalFlops < totalFlops);
}

/** One test a line, where it may spend most. */
function withAdjustedP(splits: readonly Omit<ComputeSplit, 'adjustedP'>[]): readonly ComputeSplit[] {
  const pOf = ({ best }: Split): number | null => best.at(-1)?.gain?.p ?? null;
  const adjusted = holm(splits.flatMap((split) => pOf(split) ?? []));
  return splits.map((split) => ({ ...split, adjustedP: pOf(split) === null ? null : (adjusted.shift() as number) }));
}
