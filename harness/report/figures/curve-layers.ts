/** Bands, lines, means and single seeds over a common pair of axes. */
import type { ChartSpec } from '../report-input.ts';
import { filtered } from './chart-kit.ts';

export interface CurveEncoding {
  readonly x: ChartSpec;
  readonly y: ChartSpec;
  readonly color: ChartSpec;
  readonly shape: ChartSpec;
  /** null: solid lines. */
  readonly dash: ChartSpec | null;
  /** Vega expressions that say which rows form curves; the others are the caller's. */
  readonly filter: readonly string[];
}

export function curveLayers({ x, y, color, shape, dash, filter }: CurveEncoding): readonly ChartSpec[] {
  const means = filtered(...filter, "datum.role === 'mean'");
  const withInterval = filtered(...filter, "datum.role === 'mean'", 'isValid(datum.low)');
  const range = { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color };
  return [
    { transform: withInterval, mark: { type: 'area', opacity: 0.13 }, encoding: range },
    {
      transform: [...withInterval, ...filtered('datum.isAlone')],
      mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.8 },
      encoding: range,
    },
    {
      transform: means,
      mark: { type: 'line', strokeWidth: 2 },
      encoding: { x, y, color, ...(dash === null ? {} : { strokeDash: dash }) },
    },
    {
      transform: filtered(...filter, "datum.role === 'seed'"),
      mark: { type: 'point', filled: true, size: 14, opacity: 0.45 },
      encoding: { x, y, color, shape },
    },
    { transform: means, mark: { type: 'point', filled: true, size: 52, opacity: 1 }, encoding: { x, y, color, shape } },
  ];
}
