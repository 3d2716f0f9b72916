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
function lineName({ arm, model, variant }: Cell, cells: readonly Cell[]): string {
  const treated = withRole(cells, 'treatment');
  const hasVariants = variant !== '' && unique(treated.map((cell) => cell.variant)).length > 1;
  const isOneOfSeveral = arm.role === 'treatment' && armsOf(treated).length > 1;
  return [model, ...(isOneOfSeveral ? [arm.label] : []), ...(hasVariants ? [variant] : [])].join(', ');
}

/** Every curve of a model starts at what the model reaches without pretraining. */
export function linesOf(cell: Cell, cells: readonly Cell[]): readonly string[] {
  const treated = withRole(cells, 'treatment').filter(({ model }) => model === cell.model);
  const isStart = cell.arm.role === 'null' && treated.length > 0;
  return isStart ? unique(treated.map((other) => lineName(other, cells))) : [lineName(cell, cells)];
}
