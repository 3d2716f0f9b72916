/**
 * What PMP changes, at a glance: paired differences with intervals around zero. One panel an arm it is compared with,
 * one row a sample size.
 */
import { unique } from '../compare.ts';
import { armLabel, count, countsText } from '../format.ts';
import type { ArmPoint, Cell, Comparison, Figure } from '../report-input.ts';
import { sumCounts } from '../cells.ts';
import { arrange, filtered, frame, legendEntries, round, roundRow, seriesScales, type Series } from './chart-kit.ts';
import { architectureColors, ink, muted } from './chart-theme.ts';

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

export function pmpEffect(
  task: string,
  name: string,
  cells: readonly Cell[],
  comparisons: readonly Comparison[],
): Figure | null {
  const architectures = unique(cells.map((cell) => cell.architecture));
  const isRepeated = ({ scope, samples }: Comparison): boolean =>
    scope === 'overall' && samples !== null && architectures.length === 1;
  const shown = comparisons.filter((comparison) => comparison.statistics !== null && !isRepeated(comparison));
  if (shown.length === 0) return null;
  const rows = shown.flatMap((comparison) => effectRows(comparison, architectures)).map(roundRow);
  const series: readonly Series[] = [
    ...(architectures.length > 1 ? [{ label: pooled, color: ink, shape: 'diamond', dash: [1, 0] }] : []),
    ...architectures.map((label, i): Series => ({
      label,
      color: architectureColors[i % architectureColors.length] as string,
      shape: 'circle',
      dash: [1, 0],
    })),
  ];
  const labels = [
    ...(shown.some((comparison) => comparison.samples === null) ? [rowLabel(null)] : []),
    ...unique(shown.flatMap((comparison) => comparison.samples ?? []))
      .toSorted((a, b) => a - b)
      .map(rowLabel),
  ];
  const panels = unique(shown.map(panelOf));
  const box = frame(rows, [0], [-100, 100]);
  const title = `What PMP changes on ${task}: paired differences in pairwise accuracy`;
  return {
    name,
    task,
    title,
    caption: `Right of the line: PMP (its largest budget) is better than the arm named above the panel. Large points: mean difference of trials with the same seed; bars: 95 % t-interval over seeds, before any adjustment for their number; small points: every seed.${box.isCut ? ' Intervals wider than the frame are cut at its edge.' : ''} n = finetuning samples; "all sizes": mean over the sample sizes of each seed. ${pairedCounts(cells, shown)}.`,
    alt: `Interval charts, one for each of: ${panels.join('; ')}. Rows: ${labels.join(', ')}. ${comparisons
      .filter((comparison) => comparison.scope === 'overall')
      .map((comparison) => comparison.sentence)
      .join(' ')}`,
    ...arrange(rows, {
      title,
      panels,
      height: Math.max(120, labels.length * (14 + 11 * series.length)),
      layers: layersOf(series, labels, box.domain),
    }),
    legend: [
      {
        title: 'architecture',
        entries: legendEntries(series, 'shape').map((entry, i) => ({ ...entry, color: (series[i] as Series).color })),
      },
    ],
  };
}

function effectRows(comparison: Comparison, architectures: readonly string[]): readonly EffectRow[] {
  const { statistics, differences } = comparison;
  if (statistics === null) return [];
  const series = comparison.architecture ?? (architectures.length > 1 ? pooled : (architectures[0] as string));
  const base = { panel: panelOf(comparison), series, label: rowLabel(comparison.samples) };
  const interval = statistics.interval;
  const mean: EffectRow = {
    ...base,
    role: 'mean',
    y: 100 * statistics.meanDifference,
    low: interval === null ? null : 100 * interval.low,
    high: interval === null ? null : 100 * interval.high,
  };
  return [
    mean,
    ...differences.map(({ value }): EffectRow => ({ ...base, role: 'seed', y: 100 * value, low: null, high: null })),
  ];
}

const rowLabel = (samples: number | null): string => (samples === null ? 'all sizes' : `n = ${count(samples)}`);

function panelOf({ treatment, reference }: Comparison): string {
  return `${treatment.variant === '' ? '' : `${treatment.variant}: `}against ${reference.arm === 'scratch' ? 'training ' : ''}${armLabel(reference, false)}`;
}

/** A completed trial whose partner of the same seed is missing is in no difference: counted, and said. */
function pairedCounts(cells: readonly Cell[], comparisons: readonly Comparison[]): string {
  const isAt = (cell: Cell, point: ArmPoint): boolean =>
    point.arm === cell.arm && point.pretrainPairs === cell.pretrainPairs && point.variant === cell.variant;
  const touches = (cell: Cell, { treatment, reference }: Comparison): boolean =>
    isAt(cell, treatment) || isAt(cell, reference);
  const involved = cells.filter((cell) => comparisons.some((comparison) => touches(cell, comparison)));
  const isPaired = (cell: Cell, seed: number): boolean =>
    comparisons.some(
      (comparison) =>
        comparison.samples === cell.samples &&
        comparison.architecture === cell.architecture &&
        touches(cell, comparison) &&
        comparison.differences.some((difference) => difference.seed === seed),
    );
  const unpaired = involved.flatMap((cell) => cell.used.filter((trial) => !isPaired(cell, trial.seed))).length;
  const counts = sumCounts(involved);
  return `${countsText({ ...counts, used: counts.used - unpaired })}${unpaired > 0 ? `; ${unpaired} without a partner of the same seed` : ''}`;
}

function layersOf(
  series: readonly Series[],
  labels: readonly string[],
  domain: readonly [number, number],
): readonly Figure['spec'][] {
  const x = {
    field: 'y',
    type: 'quantitative',
    scale: { domain: domain.map(round), nice: false, clamp: true },
    title: '\u2190 worse with PMP | points | better with PMP \u2192',
    axis: { tickCount: 6, labelExpr: "datum.value === 0 ? '0' : format(datum.value, '+.1~f')" },
  };
  const y = {
    field: 'label',
    type: 'nominal',
    sort: labels,
    title: null,
    axis: { grid: true, tickBand: 'extent', domain: false, ticks: false },
  };
  const yOffset = {
    field: 'series',
    type: 'nominal',
    sort: series.map(({ label }) => label),
    scale: { domain: series.map(({ label }) => label), paddingOuter: 0.4 },
  };
  const { color, shape } = seriesScales(series, 'series', null);
  const means = filtered("datum.role === 'mean'");
  return [
    { data: { values: [{ y: 0 }] }, mark: { type: 'rule', color: muted, strokeWidth: 1.5 }, encoding: { x } },
    {
      transform: [...means, ...filtered('isValid(datum.low)')],
      mark: { type: 'rule', strokeWidth: 2 },
      encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, yOffset, color },
    },
    {
      transform: filtered("datum.role === 'seed'"),
      mark: { type: 'point', filled: true, size: 16, opacity: 0.5 },
      encoding: { x, y, yOffset, color, shape },
    },
    {
      transform: means,
      mark: { type: 'point', filled: true, size: 70, opacity: 1 },
      encoding: { x, y, yOffset, color, shape },
    },
  ];
}
