/** Which panels a figure of the paper has. */
import { expect, it } from 'vitest';
import type { FigureRow } from '../../harness/report/paper/paper-figure.ts';
import { withCurve } from '../../harness/report/paper/set-apart.ts';

const row = (panel: string, series: string, x: number): FigureRow => ({ panel, series, x, seed: 1, value: 0.5 });

it('a figure of curves leaves out panels in which nothing is one', () => {
  const curve = [row('128 samples', 'pmp', 1024), row('128 samples', 'pmp', 2048), row('128 samples', 'lm', 2048)];
  expect(withCurve([...curve, row('64 samples', 'pmp', 2048), row('64 samples', 'lm', 2048)])).toEqual(curve);
});

it('and none of them where there is no curve at all', () => {
  // Two arms at two places are no curve of either.
  const points = [row('a', 'pmp', 1024), row('a', 'lm', 2048), row('b', 'pmp', 1024)];
  expect(withCurve(points)).toEqual(points);
});
