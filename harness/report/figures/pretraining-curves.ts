/** Which cells form a curve over pretraining budgets, and what the curves are called. */
import { armsOf, withRole } from '../arm-points.ts';
import { unique } from '../distinct.ts';
import { listText } from '../format.ts';
import type { Cell } from '../report-types.ts';

/** The arms without pretraining and the treatments form one curve. */
export function curveLabel(cells: readonly Cell[]): string {
  const onCurve = armsOf(cells).filter(({ role }) => role !== 'control');
  return listText(onCurve.map(({ label }) => label));
}

/** Treatments and their variants (an ablation) are lines of their own where there are several. */
function lineName({ arm, architecture, variant }: Cell, cells: readonly Cell[]): string {
  const treated = withRole(cells, 'treatment');
  const hasVariants = variant !== '' && unique(treated.map((cell) => cell.variant)).length > 1;
  const isOneOfSeveral = arm.role === 'treatment' && armsOf(treated).length > 1;
  return [architecture, ...(isOneOfSeveral ? [arm.label] : []), ...(hasVariants ? [variant] : [])].join(', ');
}

/** Every curve of an architecture starts at its models without pretraining. */
export function linesOf(cell: Cell, cells: readonly Cell[]): readonly string[] {
  const treated = withRole(cells, 'treatment').filter(({ architecture }) => architecture === cell.architecture);
  const isStart = cell.arm.role === 'null' && treated.length > 0;
  return isStart ? unique(treated.map((other) => lineName(other, cells))) : [lineName(cell, cells)];
}
