/** Which arms are compared: each treatment at its largest budget with every arm of another role. */
import { isAt, largest, withRole } from '../arm-points.ts';
import { groupBy, unique } from '../distinct.ts';
import type { ArmPoint, Cell } from '../report-types.ts';
import { standsBeside } from '../variants.ts';

export interface Contrast {
  readonly treatment: ArmPoint;
  readonly reference: ArmPoint;
}

/** Of the cells of one task. A variant of a treatment is a treatment of its own. */
export function contrasts(cells: readonly Cell[]): readonly Contrast[] {
  const references = groupBy(
    cells.filter((cell) => cell.arm.role !== 'treatment'),
    (cell) => cell.arm.id,
  );
  return groupBy(withRole(cells, 'treatment'), (cell) => JSON.stringify([cell.arm.id, cell.variant])).flatMap(
    (group) => {
      const treatment = largest(group);
      return references.flatMap((ofArm) => partner(ofArm, treatment).map((reference) => ({ treatment, reference })));
    },
  );
}

/**
 * Where a reference varies as the treatment does, the same variant, in the axes in which it varies at all; at the same
 * budget, or else at its largest.
 */
export function partner(ofArm: readonly Cell[], treatment: ArmPoint): readonly ArmPoint[] {
  const candidates = ofArm.filter((cell) => standsBeside(cell.variant, treatment.variant));
  const equal = candidates.filter((cell) => cell.pretrainPairs === treatment.pretrainPairs);
  return candidates.length === 0 ? [] : [largest(equal.length > 0 ? equal : candidates)];
}

/** A treatment's budgets below the largest, each against every arm without pretraining. */
export function smallerBudgetContrasts(cells: readonly Cell[]): readonly Contrast[] {
  return contrasts(cells)
    .filter(({ reference }) => reference.arm.role === 'null')
    .flatMap(({ treatment, reference }) =>
      unique(cells.filter((cell) => isSmaller(cell, treatment)).map((cell) => cell.pretrainPairs)).map(
        (pretrainPairs) => ({ treatment: { ...treatment, pretrainPairs }, reference }),
      ),
    );
}

const isSmaller = (cell: Cell, point: ArmPoint): boolean =>
  cell.pretrainPairs < point.pretrainPairs && isAt(cell, { ...point, pretrainPairs: cell.pretrainPairs });
