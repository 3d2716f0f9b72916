/**
 * A place of a figure holds each seed once, or its interval would count one seed several times. Where an experiment
 * varies more than the figure shows (how long finetuning lasts, say), its cases are panels of their own. A figure of
 * curves shows the panels that have one.
 */
import { groupBy, unique } from '../distinct.ts';
import type { FigureRow, TrialRow } from './paper-figure.ts';

/** Rows in their order; the cases of axes that would share a place stand in the panel. Equal rows become one. */
export function setApart(rows: readonly TrialRow[]): readonly FigureRow[] {
  const crowded = groupBy(rows, placeOf).filter(hasSeveralValues);
  const single = unique(crowded.flatMap(axesThatTell));
  const told = rows.map((row) => inPanel(row, single));
  const isCrowded = groupBy(told, placeOf).some(hasSeveralValues);
  const apart = isCrowded ? rows.map((row) => inPanel(row, unique(crowded.flatMap(axesThatDiffer)))) : told;
  return groupBy(apart, (row) => JSON.stringify(row))
    .map(([row]) => row)
    .toSorted((a, b) => a.panel.localeCompare(b.panel, 'en', { numeric: true }));
}

/** Without the panels in which nothing is a curve, where there is one in another. */
export function withCurve(rows: readonly FigureRow[]): readonly FigureRow[] {
  const curves = groupBy(rows, ({ panel, series }) => JSON.stringify([panel, series])).filter(
    (line) => unique(line.map(({ x }) => x)).length > 1,
  );
  const panels = unique(curves.map(([row]) => row.panel));
  return panels.length === 0 ? rows : rows.filter(({ panel }) => panels.includes(panel));
}

const hasSeveralValues = (rows: readonly FigureRow[]): boolean => unique(rows.map(({ value }) => value)).length > 1;

const placeOf = ({ panel, series, x, seed }: FigureRow): string => JSON.stringify([panel, series, x, seed]);

function inPanel({ declared, panel, ...row }: TrialRow, axes: readonly string[]): FigureRow {
  const cases = axes.toSorted().map((axis) => caseText(axis, declared[axis] ?? 'none'));
  return { panel: cases.length === 0 ? panel : `${panel}: ${cases.join(', ')}`, ...row };
}

/** `128 samples`, `equal-steps`: titles of panels are short. */
const caseText = (axis: string, value: string | number): string =>
  /^\d+$/.test(String(value)) ? `${value} ${axis}` : String(value);

/** Axes in which two rows of other values differ, and in nothing else. */
function axesThatTell(rows: readonly TrialRow[]): readonly string[] {
  return axesThatDiffer(rows).filter((axis) => {
    const others = groupBy(rows, ({ declared }) => JSON.stringify({ ...declared, [axis]: null }));
    return others.some(hasSeveralValues);
  });
}

function axesThatDiffer(rows: readonly TrialRow[]): readonly string[] {
  const axes = unique(rows.flatMap(({ declared }) => Object.keys(declared)));
  return axes.filter((axis) => unique(rows.map(({ declared }) => declared[axis])).length > 1);
}
