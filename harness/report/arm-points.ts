/** Arms as the report meets them: resolved from what is recorded, told apart by role, put in order. */
import { arms as registeredArms, findArm, palette, type Arm, type ArmRole } from '../kinds/arms.ts';
import type { ArmPoint, Cell } from './report-types.ts';

/**
 * The arm that records name. An arm that is not registered (its plug-in is not loaded) is drawn in a neutral style
 * and treated as a control: nothing is claimed about it, and nothing is lost.
 */
export function armResolver(registered: readonly Arm[] = registeredArms): (id: string) => Arm {
  const known = new Map<string, Arm>();
  return (id) => {
    const arm = known.get(id) ?? findArm(id, registered) ?? unregistered(id);
    known.set(id, arm);
    return arm;
  };
}

function unregistered(id: string): Arm {
  return {
    id,
    formerIds: [],
    label: id,
    order: Number.POSITIVE_INFINITY,
    role: 'control',
    style: { color: palette.muted, shape: 'cross', dash: [4, 4], smaller: null },
    matches: () => false,
  };
}

export const isUnregistered = (arm: Arm): boolean => arm.order === Number.POSITIVE_INFINITY;

export const withRole = <T extends ArmPoint>(points: readonly T[], role: ArmRole): readonly T[] =>
  points.filter((point) => point.arm.role === role);

/** Distinct arms in reading order. */
export function armsOf(points: readonly ArmPoint[]): readonly Arm[] {
  return [...new Map(points.map(({ arm }) => [arm.id, arm])).values()].toSorted(byOrder);
}

/** Distinct points in reading order: by arm, then variant, then budget. */
export function armPoints(cells: readonly Cell[]): readonly ArmPoint[] {
  return [...new Map(cells.map((cell) => [pointKey(cell), pointOf(cell)])).values()].toSorted(
    (a, b) => byOrder(a.arm, b.arm) || a.variant.localeCompare(b.variant, 'en') || a.pretrainPairs - b.pretrainPairs,
  );
}

/** Infinity minus itself is no number, so equal places are compared first. */
function byOrder(a: Arm, b: Arm): number {
  return a.order === b.order ? a.id.localeCompare(b.id, 'en') : a.order - b.order;
}

const pointOf = ({ arm, pretrainPairs, variant }: ArmPoint): ArmPoint => ({ arm, pretrainPairs, variant });

const pointKey = ({ arm, pretrainPairs, variant }: ArmPoint): string =>
  JSON.stringify([arm.id, pretrainPairs, variant]);

export const isAt = (cell: ArmPoint, point: ArmPoint): boolean =>
  cell.arm.id === point.arm.id && cell.pretrainPairs === point.pretrainPairs && cell.variant === point.variant;

export function findCell(cells: readonly Cell[], point: ArmPoint, samples: number): Cell | undefined {
  return cells.find((cell) => cell.samples === samples && isAt(cell, point));
}

/** The point of the largest budget. */
export function largest(cells: readonly Cell[]): ArmPoint {
  return pointOf(cells.reduce((best, cell) => (cell.pretrainPairs > best.pretrainPairs ? cell : best)));
}
