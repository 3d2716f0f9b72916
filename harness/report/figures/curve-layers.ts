/** Intervals (bands or bars), lines, means and single seeds over a common pair of axes. */
import type { ChartSpec } from '../report-types.ts';
import { ink, muted } from './chart-theme.ts';

export const filtered = (...conditions: readonly string[]): readonly ChartSpec[] =>
  conditions.map((filter) => ({ filter }));

interface CurveEncoding {
  readonly x: ChartSpec;
  readonly y: ChartSpec;
  readonly color: ChartSpec;
  readonly shape: ChartSpec;
  /** null: solid lines. */
  readonly dash: ChartSpec | null;
  /** Vega expressions that say which rows form curves; the others are the caller's. */
  readonly filter: readonly string[];
  /** Series that have intervals; absent = all. */
  readonly banded?: readonly string[];
  /** Series that are drawn side by side, so that bars of one place can be told apart; absent = all on one another. */
  readonly apart?: readonly string[];
}

/** Pixels between neighbours. */
const stepApart = 4;

export function curveLayers({ apart = [], ...curves }: CurveEncoding): readonly ChartSpec[] {
  const parts =
    apart.length < 2
      ? [partsOf(curves, {})]
      : apart.map((label, i) =>
          partsOf(
            { ...curves, filter: [...curves.filter, `datum.series === ${JSON.stringify(label)}`] },
            { xOffset: stepApart * (i - (apart.length - 1) / 2) },
          ),
        );
  // Intervals first, and points last.
  return [0, 1, 2, 3].flatMap((depth) => parts.flatMap((part) => part[depth] ?? []));
}

function partsOf(
  { x, y, color, shape, dash, filter, banded }: Omit<CurveEncoding, 'apart'>,
  offset: { readonly xOffset?: number },
): readonly (readonly ChartSpec[])[] {
  const means = filtered(...filter, "datum.role === 'mean'");
  const line = { x, y, color, ...(dash === null ? {} : { strokeDash: dash }) };
  const points = { x, y, color, shape };
  return [
    intervalLayers({ x, y, color, filter: bandsOf(filter, banded) }, offset),
    [{ transform: means, mark: { type: 'line', strokeWidth: 2, ...offset }, encoding: line }],
    [pointLayer(filtered(...filter, "datum.role === 'seed'"), { size: 14, opacity: 0.45, ...offset }, points)],
    [pointLayer(means, { size: 52, opacity: 1, ...offset }, points)],
  ];
}

const bandsOf = (filter: readonly string[], banded: readonly string[] | undefined): readonly string[] =>
  banded === undefined ? filter : [...filter, `indexof(${JSON.stringify(banded)}, datum.series) >= 0`];

/** A band, or a bar. */
function intervalLayers(
  { x, y, color, filter }: Pick<CurveEncoding, 'x' | 'y' | 'color' | 'filter'>,
  offset: { readonly xOffset?: number },
): readonly ChartSpec[] {
  const withInterval = filtered(...filter, "datum.role === 'mean'", 'isValid(datum.low)');
  const encoding = { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color };
  const [bands, bars] = ['!datum.hasBar', 'datum.hasBar'].map((which) => [...withInterval, ...filtered(which)]);
  return [
    { transform: bands, mark: { type: 'area', opacity: 0.13, ...offset }, encoding },
    { transform: bars, mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.8, ...offset }, encoding },
  ];
}

/** `transform` says which rows become points. */
export function pointLayer(
  transform: readonly ChartSpec[],
  look: { readonly size: number; readonly opacity: number; readonly xOffset?: number },
  encoding: ChartSpec,
): ChartSpec {
  return { transform, mark: { type: 'point', filled: true, ...look }, encoding };
}

/** Dashed line at what a choice by coin scores; nothing for a metric of which that is not known. */
export function chanceLayers(y: ChartSpec, chance: number | null): readonly ChartSpec[] {
  if (chance === null) return [];
  const data = { values: [{ y: chance }] };
  const text = { type: 'text', align: 'right', baseline: 'bottom', dx: -2, dy: -2, fontSize: 11, color: ink };
  return [
    { data, mark: { type: 'rule', strokeDash: [3, 3], color: muted }, encoding: { y } },
    { data, mark: text, encoding: { y, x: { value: 'width' }, text: { value: 'chance' } } },
  ];
}
