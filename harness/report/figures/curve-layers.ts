/** Bands, lines, means and single seeds over a common pair of axes. */
import type { ChartSpec } from '../report-types.ts';
import { ink, muted, panelWidth } from './chart-theme.ts';

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
  /** Series that have bands; absent = all. */
  readonly banded?: readonly string[];
}

export function curveLayers({ x, y, color, shape, dash, filter, banded }: CurveEncoding): readonly ChartSpec[] {
  const means = filtered(...filter, "datum.role === 'mean'");
  const line = { x, y, color, ...(dash === null ? {} : { strokeDash: dash }) };
  const points = { x, y, color, shape };
  return [
    ...intervalLayers({ x, y, color, filter: bandsOf(filter, banded) }),
    { transform: means, mark: { type: 'line', strokeWidth: 2 }, encoding: line },
    pointLayer(filtered(...filter, "datum.role === 'seed'"), { size: 14, opacity: 0.45 }, points),
    pointLayer(means, { size: 52, opacity: 1 }, points),
  ];
}

const bandsOf = (filter: readonly string[], banded: readonly string[] | undefined): readonly string[] =>
  banded === undefined ? filter : [...filter, `indexof(${JSON.stringify(banded)}, datum.series) >= 0`];

/** A band; a bar where a mean stands alone. */
function intervalLayers({ x, y, color, filter }: Pick<CurveEncoding, 'x' | 'y' | 'color' | 'filter'>): ChartSpec[] {
  const withInterval = filtered(...filter, "datum.role === 'mean'", 'isValid(datum.low)');
  const encoding = { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color };
  const alone = [...withInterval, ...filtered('datum.isAlone')];
  return [
    { transform: withInterval, mark: { type: 'area', opacity: 0.13 }, encoding },
    { transform: alone, mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.8 }, encoding },
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
  const text = { type: 'text', align: 'right', baseline: 'bottom', dx: -2, dy: -2, fontSize: 10, color: ink };
  return [
    { data, mark: { type: 'rule', strokeDash: [3, 3], color: muted }, encoding: { y } },
    { data, mark: text, encoding: { y, x: { value: panelWidth }, text: { value: 'chance' } } },
  ];
}
