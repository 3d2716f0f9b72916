/** Which cells form a curve over pretraining budgets, and what the curves are called. */
import type { Arm } from '../../kinds/arms.ts';
import { armsOf, withRole } from '../arm-points.ts';
import { unique } from '../distinct.ts';
import { listText } from '../format.ts';
import type { Cell } from '../report-types.ts';

/** Where curves begin: what treatments have without their pairs. Of several null arms the last, a base, not scratch. */
const startOf = (cells: readonly Cell[]): Arm | undefined => armsOf(withRole(cells, 'null')).at(-1);

/** The arms that are on no curve: controls, and scratch where curves begin with a base. */
export function besideCurve(cells: readonly Cell[]): readonly Arm[] {
  const start = startOf(cells);
  return armsOf(cells).filter((arm) => arm.role === 'control' || (arm.role === 'null' && arm !== start));
}

/** The start and the treatments form one curve. */
export function curveLabel(cells: readonly Cell[]): string {
  const beside = besideCurve(cells);
  const onCurve = armsOf(cells).filter((arm) => !beside.includes(arm));
  return listText(onCurve.map(({ label }) => label));
}

/** Treatments and their variants (an ablation) are lines of their own where there are several. */
function lineName({ arm, model, variant }: Cell, cells: readonly Cell[]): string {
  const treated = withRole(cells, 'treatment');
  const hasVariants = variant !== '' && unique(treated.map((cell) => cell.variant)).length > 1;
  const isOneOfSeveral = arm.role === 'treatment' && armsOf(treated).length > 1;
  return [model, ...(isOneOfSeveral ? [arm.label] : []), ...(hasVariants ? [variant] : [])].join(', ');
}

/** Every curve of a model begins with the start. */
export function linesOf(cell: Cell, cells: readonly Cell[]): readonly string[] {
  const treated = withRole(cells, 'treatment').filter(({ model }) => model === cell.model);
  const isStart = cell.arm === startOf(cells) && treated.length > 0;
  return isStart ? unique(treated.map((other) => lineName(other, cells))) : [lineName(cell, cells)];
}
