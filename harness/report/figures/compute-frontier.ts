/**
 * The headline metric against training FLOPs, with the frontier of the splits between pretraining and finetuning: one
 * panel a model, treatment and sample size. Where the frontier passes through points without pretraining, compute is
 * better spent on finetuning.
 */
import type { ArmRole } from '../../kinds/arms.ts';
import { armsOf } from '../arm-points.ts';
import { unique } from '../distinct.ts';
import { count } from '../../text/index.ts';
import { armLabel, capitalized, flopsText, listText, percent, range, valueWithUnit } from '../format.ts';
import type { ChartSpec, FigureLegend } from '../report-types.ts';
import type { ComputeSplit } from '../split/split-types.ts';
import { lineText } from '../split/split-words.ts';
import type { FigureDrawing, FigureKind, TaskView } from '../view.ts';
import { arrange } from './arrange.ts';
import { flopsAxis, frame, limitsOf, metricAxis, type Frame } from './axes.ts';
import { chartRows, roundRow, type ChartRow } from './chart-rows.ts';
import { ink } from './chart-theme.ts';
import { chanceLayers, filtered, pointLayer } from './curve-layers.ts';
import { cutText } from './evidence.ts';
import { countsText, sumCounts } from '../counts.ts';
import { seriesScales, type Series } from './series.ts';

export const computeFrontier: FigureKind = {
  id: 'compute-frontier',
  scope: 'task',
  draw: (view) => (view.computeSplits.length === 0 ? null : drawingOf(view)),
};

/** What the axis has beside the cheapest and the dearest point. */
const room = 1.25;

type Row = Omit<ChartRow, 'role'> & { readonly role: ChartRow['role'] | 'frontier' | 'named step' | 'named rise' };

function drawingOf(view: TaskView): FigureDrawing {
  const { task, headline, computeSplits: splits } = view;
  const series = seriesOf(splits);
  const rows = splits.flatMap((split) => [...pointRows(split, splits), ...frontierRows(split, splits)]);
  const box = frame(rows, headline.chance === null ? [] : [headline.chance], limitsOf(headline));
  const title = `${capitalized(headline.label)} on ${task} by training compute`;
  const panels = splits.map((split) => panelOf(split, splits));
  return {
    title,
    caption: captionOf(view, rows, box),
    alt: altOf(view),
    ...arrange(rows, { title, panels, layers: layersOf(view, series, box) }),
    legend: legendOf(series),
    reading: { x: 'training FLOPs', y: headline, isDifference: false },
  };
}

/** One an arm. */
function seriesOf(splits: readonly ComputeSplit[]): readonly Series[] {
  const arms = armsOf(splits.flatMap(({ points }) => points));
  return arms.map(({ label, style: { color, shape, dash } }) => ({ label, color, shape, dash }));
}

function legendOf(series: readonly Series[]): readonly FigureLegend[] {
  const arms = series.map(({ label, color, shape }) => ({ label, color, shape, dash: null }));
  const steps = { label: 'frontier', color: ink, shape: null, dash: [1, 0] };
  return [
    { title: 'arm', entries: arms },
    { title: 'steps', entries: [steps] },
  ];
}

/** `128 samples`, behind what tells panels apart. */
function panelOf(split: ComputeSplit, all: readonly ComputeSplit[]): string {
  const isOne = unique(all.map(({ model }) => model)).length === 1;
  const names = [isOne ? '' : split.model, lineText(split, all)].filter((part) => part !== '');
  return `${names.length === 0 ? '' : `${names.join(', ')}: `}${count(split.samples)} samples`;
}

function pointRows(split: ComputeSplit, all: readonly ComputeSplit[]): readonly Row[] {
  return split.points.flatMap((point) => {
    const origin = { arm: armLabel(point, true), model: split.model };
    const at = { panel: panelOf(split, all), series: point.arm.label, x: point.totalFlops, origin };
    return chartRows(at, point.estimate).map(roundRow);
  });
}

/** From each point of the frontier to the total of the next one, and from the last on to the edge. */
function frontierRows(split: ComputeSplit, all: readonly ComputeSplit[]): readonly Row[] {
  const base = { panel: panelOf(split, all), series: 'frontier', mark: 'frontier', low: null, high: null };
  const steps = split.points.flatMap(({ isOnFrontier, totalFlops, estimate }) =>
    isOnFrontier === true ? [{ x: totalFlops, y: estimate.mean }] : [],
  );
  const ends = [...steps, { x: room * Math.max(...totalsOf(all)), y: steps.at(-1)?.y as number }];
  const named = namedStep(ends);
  return ends.map((end, i) => {
    const role = i !== named ? 'frontier' : i === 0 ? 'named step' : 'named rise';
    return roundRow({ ...base, ...end, hasBar: false, role });
  });
}

/**
 * Which step has the name: the top of the highest rise, since no split stands above and before it, unless that is too
 * near the axis for a word; otherwise the first step.
 */
function namedStep(ends: readonly { readonly x: number; readonly y: number }[]): number {
  const [first, last] = [ends[0]?.x as number, ends.at(-1)?.x as number];
  const rises = ends.map(({ x, y }, i) =>
    i > 0 && Math.log(x / first) > Math.log(last / first) / 3 ? y - (ends[i - 1]?.y ?? y) : 0,
  );
  return rises.indexOf(Math.max(...rises));
}

const totalsOf = (splits: readonly ComputeSplit[]): readonly number[] =>
  splits.flatMap(({ points }) => points.map(({ totalFlops }) => totalFlops));

function layersOf({ headline, computeSplits }: TaskView, series: readonly Series[], box: Frame): readonly ChartSpec[] {
  const x = flopsAxis(totalsOf(computeSplits), 'training FLOPs (log scale)', room);
  const y = metricAxis(`${headline.label} (test)`, headline, box);
  const { color, shape } = seriesScales(series, 'series', 'arm');
  const points = { x, y, color, shape };
  return [
    ...chanceLayers(y, headline.chance),
    ...frontierLayers({ x, y }),
    {
      transform: filtered("datum.role === 'mean'", 'isValid(datum.low)'),
      mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.7 },
      encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
    },
    pointLayer(filtered("datum.role === 'seed'"), { size: 14, opacity: 0.45 }, points),
    pointLayer(filtered("datum.role === 'mean'"), { size: 62, opacity: 1 }, points),
  ];
}

function frontierLayers(encoding: Readonly<Record<'x' | 'y', ChartSpec>>): readonly ChartSpec[] {
  return [
    {
      transform: filtered("datum.series === 'frontier'"),
      mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.5, color: ink },
      encoding,
    },
    nameLayer('named rise', encoding, { align: 'right', baseline: 'middle', dx: -8 }),
    nameLayer('named step', encoding, { align: 'left', baseline: 'bottom', dx: 8, dy: -2 }),
  ];
}

function nameLayer(role: Row['role'], encoding: ChartSpec, place: ChartSpec): ChartSpec {
  return {
    transform: filtered(`datum.role === '${role}'`),
    mark: { type: 'text', fontSize: 11, color: ink, ...place },
    encoding: { ...encoding, text: { value: 'frontier' } },
  };
}

function captionOf({ cells, computeSplits }: TaskView, rows: readonly Row[], { isCut }: Frame): string {
  const bars = rows.some(({ low }) => low !== null)
    ? 'bars: 95 % t-interval over seeds'
    : 'no intervals: one seed a point, or no spread';
  const seeds = computeSplits.flatMap(({ points }) => points.map(({ estimate }) => estimate.n));
  const n = `n per point = ${range(seeds)} ${Math.max(...seeds) === 1 ? 'seed' : 'seeds'}`;
  return (
    `Each point is one length of pretraining and of finetuning, whose FLOPs count from the common start on and ` +
    `whole, also where several share a trunk. ${frontierText(computeSplits)} Means over seeds; small points: every ` +
    `seed; ${bars}.${cutText(isCut)} ${countsText(sumCounts(cells))}; ${n}.`
  );
}

function frontierText(splits: readonly ComputeSplit[]): string {
  const arms = armsOf(splits.flatMap(({ points }) => points));
  const named = (role: ArmRole): string => listText(arms.filter((arm) => arm.role === role).map(({ label }) => label));
  const controls = named('control');
  return (
    `Steps: the frontier, at which no split between ${named('treatment')} and finetuning costs no more and is ` +
    `better, by means. The best of noisy means are partly the luckiest: the table reads the best split on other ` +
    `seeds than those that choose it.${controls === '' ? '' : ` On no frontier: ${controls}.`}`
  );
}

function altOf({ task, headline, computeSplits }: TaskView): string {
  const told = computeSplits.map((split) => {
    const steps = split.points.filter(({ isOnFrontier }) => isOnFrontier === true);
    const texts = steps.map(
      ({ totalFlops, pretrainShare, estimate }) =>
        `${valueWithUnit(estimate.mean, headline)} with ${flopsText(totalFlops)} FLOPs, ` +
        `${percent(pretrainShare)} % of them in pretraining`,
    );
    return `${panelOf(split, computeSplits)}, the frontier has ${texts.join('; ')}`;
  });
  return `Point charts of ${headline.label} on ${task} against training FLOPs: ${told.join('. ')}.`;
}
