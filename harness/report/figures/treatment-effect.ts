/**
 * What a treatment changes, at a glance: paired differences with intervals around zero. One panel an arm it is compared
 * with, one row a sample size.
 */
import { armsOf, isAt } from '../arm-points.ts';
import { architecturesOf } from '../cells.ts';
import { countsText, sumCounts } from '../counts.ts';
import { ascending, unique } from '../distinct.ts';
import { armLabel, count, differenceUnit, listText } from '../format.ts';
import { direction } from '../headlines.ts';
import type { Metric } from '../../kinds/index.ts';
import type { Cell, ChartSpec, Comparison } from '../report-types.ts';
import type { FigureDrawing, FigureKind, TaskView } from '../view.ts';
import { arrange } from './arrange.ts';
import { frame, type Frame } from './axes.ts';
import { round, roundRow } from './chart-rows.ts';
import { ink, muted } from './chart-theme.ts';
import { filtered, pointLayer } from './curve-layers.ts';
import { cutText } from './evidence.ts';
import { colorSeries, legendEntries, seriesScales, type Series } from './series.ts';

export const treatmentEffect: FigureKind = {
  id: 'treatment-effect',
  scope: 'task',
  draw: (view) => {
    const shown = view.comparisons.filter(
      (comparison) => comparison.statistics !== null && !isRepeated(comparison, view.cells),
    );
    return shown.length === 0 ? null : drawingOf(view, shown);
  },
};

/** With one architecture and one sample size, the headline is that architecture's own comparison. */
const isRepeated = ({ scope, samples }: Comparison, cells: readonly Cell[]): boolean =>
  scope === 'overall' && samples !== null && architecturesOf(cells).length === 1;

interface EffectRow {
  readonly panel: string;
  readonly series: string;
  readonly label: string;
  readonly role: 'mean' | 'seed';
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
}

const pooled = 'all architectures';

/** Shares are drawn in percent. */
const scaleOf = ({ unit }: Metric): number => (unit === 'share' ? 100 : 1);

function drawingOf(view: TaskView, shown: readonly Comparison[]): FigureDrawing {
  const { task, headline, cells } = view;
  const rows = shown.flatMap((comparison) => effectRows(comparison, view)).map(roundRow);
  const series = seriesOf(architecturesOf(cells));
  const labels = rowLabels(shown);
  const panels = unique(shown.map((comparison) => panelOf(comparison, view)));
  const most = headline.unit === 'share' ? 100 : Number.POSITIVE_INFINITY;
  const box = frame(rows, [0], [-most, most]);
  const changes = treatmentsOf(view).length > 1 ? 'change' : 'changes';
  const title = `What ${listText(treatmentsOf(view))} ${changes} on ${task}: paired differences in ${headline.label}`;
  const height = Math.max(120, labels.length * (14 + 11 * series.length));
  return {
    title,
    caption: captionOf(view, shown, box),
    alt: altOf(view, panels, labels),
    ...arrange(rows, { title, panels, height, layers: layersOf(view, { series, labels, box }) }),
    legend: [{ title: 'architecture', entries: legendOf(series) }],
  };
}

const treatmentsOf = ({ comparisons }: TaskView): readonly string[] =>
  armsOf(comparisons.map(({ treatment }) => treatment)).map(({ label }) => label);

/** The one treatment by its name. */
function treatmentName(view: TaskView): string {
  const [name, ...others] = treatmentsOf(view);
  return name === undefined || others.length > 0 ? 'the treatment' : name;
}

function seriesOf(architectures: readonly string[]): readonly Series[] {
  const all: Series = { label: pooled, color: ink, shape: 'diamond', dash: [1, 0] };
  return [...(architectures.length > 1 ? [all] : []), ...colorSeries(architectures)];
}

function legendOf(series: readonly Series[]): ReturnType<typeof legendEntries> {
  return legendEntries(series, 'shape').map((entry, i) => ({ ...entry, color: (series[i] as Series).color }));
}

function rowLabels(shown: readonly Comparison[]): readonly string[] {
  const sizes = ascending(shown.flatMap(({ samples }) => samples ?? [])).map(rowLabel);
  return [...(shown.some(({ samples }) => samples === null) ? [rowLabel(null)] : []), ...sizes];
}

const rowLabel = (samples: number | null): string => (samples === null ? 'all sizes' : `n = ${count(samples)}`);

/** `against LM only`, with what tells several treatments and variants apart before it. */
function panelOf({ treatment, reference }: Comparison, view: TaskView): string {
  const names = [treatmentsOf(view).length > 1 ? treatment.arm.label : '', treatment.variant].filter(Boolean);
  return `${names.length === 0 ? '' : `${names.join(', ')}: `}against ${armLabel(reference, false)}`;
}

/** One row for the mean, one for each seed. */
function effectRows(comparison: Comparison, view: TaskView): readonly EffectRow[] {
  const { statistics, differences, samples, headline } = comparison;
  if (statistics === null) return [];
  const architectures = architecturesOf(view.cells);
  const series = comparison.architecture ?? (architectures.length > 1 ? pooled : (architectures[0] as string));
  const base = { panel: panelOf(comparison, view), series, label: rowLabel(samples) };
  const scaled = (value: number | undefined): number | null => (value === undefined ? null : scaleOf(headline) * value);
  const row = (role: EffectRow['role'], value: number, low?: number, high?: number): EffectRow => ({
    ...base,
    role,
    y: scaleOf(headline) * value,
    low: scaled(low),
    high: scaled(high),
  });
  const { meanDifference, interval } = statistics;
  return [
    row('mean', meanDifference, interval?.low, interval?.high),
    ...differences.map(({ value }) => row('seed', value)),
  ];
}

function captionOf(view: TaskView, shown: readonly Comparison[], { isCut }: Frame): string {
  const side = direction(view.headline) === 1 ? 'Right' : 'Left';
  const reading = `${side} of the line: ${treatmentName(view)} (at its largest budget) is better than the arm named above the panel.`;
  const marks =
    'Large points: mean difference of trials with the same seed; bars: 95 % t-interval over seeds, before any adjustment for their number; small points: every seed.';
  const rows = 'n = finetuning samples; "all sizes": mean over the sample sizes of each seed.';
  return `${reading} ${marks}${cutText(isCut)} ${rows} ${pairedCounts(view.cells, shown)}.`;
}

function altOf({ comparisons }: TaskView, panels: readonly string[], labels: readonly string[]): string {
  const headlines = comparisons.filter(({ scope }) => scope === 'overall').map(({ sentence }) => sentence);
  return `Interval charts, one for each of: ${panels.join('; ')}. Rows: ${labels.join(', ')}. ${headlines.join(' ')}`;
}

/** A completed trial whose partner of the same seed is missing is in no difference: counted, and said. */
function pairedCounts(cells: readonly Cell[], comparisons: readonly Comparison[]): string {
  const touching = (cell: Cell): readonly Comparison[] =>
    comparisons.filter(({ treatment, reference }) => isAt(cell, treatment) || isAt(cell, reference));
  const involved = cells.filter((cell) => touching(cell).length > 0);
  const unpaired = involved.flatMap((cell) => {
    const own = touching(cell).filter(
      ({ samples, architecture }) => samples === cell.samples && architecture === cell.architecture,
    );
    const paired = new Set(own.flatMap(({ differences }) => differences.map(({ seed }) => seed)));
    return cell.used.filter((trial) => !paired.has(trial.seed));
  }).length;
  const counts = sumCounts(involved);
  const text = countsText({ ...counts, used: counts.used - unpaired });
  return `${text}${unpaired > 0 ? `; ${unpaired} without a partner of the same seed` : ''}`;
}

interface Layout {
  readonly series: readonly Series[];
  readonly labels: readonly string[];
  readonly box: Frame;
}

function layersOf(view: TaskView, layout: Layout): readonly ChartSpec[] {
  const x = differenceAxis(view, layout.box);
  const { y, yOffset } = rowAxes(layout);
  const { color, shape } = seriesScales(layout.series, 'series', null);
  const means = filtered("datum.role === 'mean'");
  const seeds = filtered("datum.role === 'seed'");
  return [
    { data: { values: [{ y: 0 }] }, mark: { type: 'rule', color: muted, strokeWidth: 1.5 }, encoding: { x } },
    {
      transform: [...means, ...filtered('isValid(datum.low)')],
      mark: { type: 'rule', strokeWidth: 2 },
      encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, yOffset, color },
    },
    pointLayer(seeds, { size: 16, opacity: 0.5 }, { x, y, yOffset, color, shape }),
    pointLayer(means, { size: 70, opacity: 1 }, { x, y, yOffset, color, shape }),
  ];
}

function differenceAxis(view: TaskView, { domain }: Frame): ChartSpec {
  const [left, right] = direction(view.headline) === 1 ? ['worse', 'better'] : ['better', 'worse'];
  const name = treatmentName(view);
  const parts = [`\u2190 ${left} with ${name}`, differenceUnit(view.headline), `${right} with ${name} \u2192`];
  return {
    field: 'y',
    type: 'quantitative',
    scale: { domain: domain.map(round), nice: false, clamp: true },
    title: parts.filter((part) => part !== '').join(' | '),
    axis: { tickCount: 6, labelExpr: "datum.value === 0 ? '0' : format(datum.value, '+.1~f')" },
  };
}

/** A row a sample size, with the series one below the other inside it. */
function rowAxes({ series, labels }: Layout): { readonly y: ChartSpec; readonly yOffset: ChartSpec } {
  const names = series.map(({ label }) => label);
  const axis = { grid: true, tickBand: 'extent', domain: false, ticks: false };
  return {
    y: { field: 'label', type: 'nominal', sort: labels, title: null, axis },
    yOffset: { field: 'series', type: 'nominal', sort: names, scale: { domain: names, paddingOuter: 0.4 } },
  };
}
