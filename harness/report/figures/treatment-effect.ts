/**
 * What a treatment changes, at a glance: paired differences with intervals around zero. One panel an arm it is compared
 * with, one row a sample size. A claim on another metric, or on a part of the sweep, is a figure of its own.
 */
import { modelsOf } from '../cells.ts';
import { differenceUnit, listText } from '../format.ts';
import { direction } from '../headlines.ts';
import type { Cell, ChartSpec, Comparison } from '../report-types.ts';
import type { FigureDrawing, FigureKind, TaskView } from '../view.ts';
import { arrange } from './arrange.ts';
import { frame, type Frame } from './axes.ts';
import { roundRow } from './chart-rows.ts';
import { ink, muted } from './chart-theme.ts';
import { filtered, pointLayer } from './curve-layers.ts';
import { effectRows, panelsOf, pooled, rowLabels, treatmentName, treatmentsOf, type EffectRow } from './effect-rows.ts';
import { cutText } from './evidence.ts';
import { pairedCounts } from './paired-counts.ts';
import { colorSeries, legendEntries, seriesScales, type Series } from './series.ts';

export const treatmentEffect: FigureKind = {
  id: 'treatment-effect',
  scope: 'task',
  draw: (view) => {
    const shown = view.comparisons.filter(
      (comparison) => comparison.statistics !== null && isDrawn(comparison) && !isRepeated(comparison, view.cells),
    );
    return shown.length === 0 ? null : drawingOf(view, shown, titleOf(view));
  },
};

/** Where the claim is not in the figure above: the claim, and beside it what it must survive. */
export const claimEffect: FigureKind = {
  id: 'claim-effect',
  scope: 'task',
  draw: (view) => {
    const claim = view.comparisons.find(({ scope, statistics }) => scope === 'claim' && statistics !== null);
    if (claim === undefined) return null;
    const comparisons = [claim, ...survivalOf(claim)];
    const title = `The claim on ${view.task}: paired differences in ${claim.headline.label}`;
    return drawingOf({ ...view, headline: claim.headline, comparisons }, comparisons, title);
  },
};

function survivalOf(claim: Comparison): readonly Comparison[] {
  const survival = claim.claim?.survival;
  return survival === undefined || survival.statistics === null ? [] : [{ ...claim, ...survival }];
}

/** A claim about another metric or a part of the sweep has no row here. */
const isDrawn = ({ scope }: Comparison): boolean => scope !== 'claim';

/** With one model and one sample size, the headline is that model's own comparison. */
const isRepeated = ({ scope, samples }: Comparison, cells: readonly Cell[]): boolean =>
  scope === 'overall' && samples !== null && modelsOf(cells).length === 1;

function drawingOf(view: TaskView, shown: readonly Comparison[], title: string): FigureDrawing {
  const layout = layoutOf(view, shown);
  const { rows, series, labels, panels, box } = layout;
  const height = Math.max(120, labels.length * (14 + 11 * series.length));
  return {
    title,
    caption: captionOf(view, shown, box),
    alt: altOf(view, panels, labels),
    ...arrange(rows, { title, panels, height, layers: layersOf(view, layout) }),
    legend: [{ title: 'model', entries: legendOf(series) }],
    reading: { x: null, y: { ...view.headline, label: `difference in ${view.headline.label}` }, isDifference: true },
  };
}

function titleOf(view: TaskView): string {
  const names = treatmentsOf(view);
  const verb = names.length > 1 ? 'change' : 'changes';
  return `What ${listText(names)} ${verb} on ${view.task}: paired differences in ${view.headline.label}`;
}

interface Layout {
  readonly rows: readonly EffectRow[];
  readonly series: readonly Series[];
  /** Of the rows, from above. */
  readonly labels: readonly string[];
  readonly panels: readonly string[];
  readonly box: Frame;
}

function layoutOf(view: TaskView, shown: readonly Comparison[]): Layout {
  const rows = shown.flatMap((comparison) => effectRows(comparison, view)).map(roundRow);
  const most = view.headline.unit === 'share' ? 100 : Number.POSITIVE_INFINITY;
  return {
    rows,
    series: seriesOf(modelsOf(view.cells)).filter(({ label }) => rows.some((row) => row.series === label)),
    labels: rowLabels(shown),
    panels: panelsOf(shown, view),
    box: frame(rows, [0], [-most, most]),
  };
}

function seriesOf(models: readonly string[]): readonly Series[] {
  const all: Series = { label: pooled, color: ink, shape: 'diamond', dash: [1, 0] };
  return [...(models.length > 1 ? [all] : []), ...colorSeries(models)];
}

/** Points in the colours of their models; no lines. */
function legendOf(series: readonly Series[]): ReturnType<typeof legendEntries> {
  return legendEntries(series, 'line').map((entry) => ({ ...entry, dash: null }));
}

const marks =
  'Large points: mean difference of trials with the same seed; bars: ' +
  '95 % t-interval over seeds, before any adjustment for their number; small points: every seed.';
const rowNames =
  'n = finetuning samples; "all sizes" and "all models": mean within each seed, of seeds that have all of them.';

function captionOf(view: TaskView, shown: readonly Comparison[], { isCut }: Frame): string {
  const side = direction(view.headline) === 1 ? 'Right' : 'Left';
  const reading =
    `${side} of the line: ${treatmentName(view)} (at its largest budget) is better than the arm named ` +
    `above the panel.`;
  return `${reading} ${marks}${cutText(isCut)} ${rowNames} ${pairedCounts(view.cells, shown)}.`;
}

function altOf({ comparisons }: TaskView, panels: readonly string[], labels: readonly string[]): string {
  const headlines = comparisons.filter(({ scope }) => scope === 'overall').map(({ sentence }) => sentence);
  return `Interval charts, one for each of: ${panels.join('; ')}. Rows: ${labels.join(', ')}. ${headlines.join(' ')}`;
}

function layersOf(view: TaskView, layout: Layout): readonly ChartSpec[] {
  const x = differenceAxis(view, layout.box);
  const { color, shape } = seriesScales(layout.series, 'series', null);
  const rows = { ...rowAxes(layout), color };
  const means = filtered("datum.role === 'mean'");
  const zero = { type: 'rule', color: muted, strokeWidth: 1.5 };
  const interval = { x: { ...x, field: 'low' }, x2: { field: 'high' }, ...rows };
  const withInterval = [...means, ...filtered('isValid(datum.low)')];
  return [
    { data: { values: [{ y: 0 }] }, mark: zero, encoding: { x } },
    { transform: withInterval, mark: { type: 'rule', strokeWidth: 2 }, encoding: interval },
    pointLayer(filtered("datum.role === 'seed'"), { size: 16, opacity: 0.5 }, { x, ...rows, shape }),
    pointLayer(means, { size: 70, opacity: 1 }, { x, ...rows, shape }),
  ];
}

function differenceAxis(view: TaskView, { domain }: Frame): ChartSpec {
  return {
    field: 'y',
    type: 'quantitative',
    scale: { domain, nice: false, clamp: true },
    title: sidesText(view),
    axis: { tickCount: 6, labelExpr: "datum.value === 0 ? '0' : format(datum.value, '+.1~f')" },
  };
}

/** Which side of the line is better, and the unit between. */
function sidesText(view: TaskView): string {
  const [left, right] = direction(view.headline) === 1 ? ['worse', 'better'] : ['better', 'worse'];
  const parts = [`\u2190 ${left}`, differenceUnit(view.headline), `${right} \u2192`];
  return parts.filter((part) => part !== '').join(' | ');
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
