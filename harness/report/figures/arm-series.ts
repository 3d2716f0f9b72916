/**
 * Which arms become lines where the number of PMP pairs is not the axis: all arms without PMP, PMP at its largest
 * budget, and one in the middle.
 */
import { unique } from '../compare.ts';
import { armLabel, count } from '../format.ts';
import type { ArmPoint, Cell } from '../report-input.ts';
import { armPoints } from '../tables.ts';
import type { Series } from './chart-kit.ts';
import { styles } from './chart-theme.ts';

export interface ArmSeries {
  readonly series: readonly Series[];
  styleOf(point: ArmPoint): Series | null;
  /** Says which PMP budgets are not drawn; empty where all are. */
  readonly leftOut: string;
}

export function armSeries(cells: readonly Cell[], { withMiddle = true }: { withMiddle?: boolean } = {}): ArmSeries {
  const budgets = unique(cells.filter((cell) => cell.arm === 'pmp').map((cell) => cell.pretrainPairs)).toSorted(
    (a, b) => a - b,
  );
  const largest = budgets.at(-1);
  // The middle in the order of sizes: geometric budgets put it at the geometric mean.
  const middle = withMiddle && budgets.length > 1 ? budgets[Math.floor((budgets.length - 1) / 2)] : undefined;
  const chosen = armPoints(cells).filter(
    (point) => point.arm !== 'pmp' || point.pretrainPairs === largest || point.pretrainPairs === middle,
  );
  const known = new Map<string, number>();
  const series = chosen.map((point): Series & { point: ArmPoint } => {
    const kind = point.arm === 'pmp' && point.pretrainPairs !== largest ? 'pmp-smaller' : point.arm;
    const style = kind in styles ? styles[kind as keyof typeof styles] : styles.majority;
    // A second variant of an arm keeps its colour and takes another dash.
    const repeat = known.get(kind) ?? 0;
    known.set(kind, repeat + 1);
    return {
      ...style,
      dash: repeat === 0 ? style.dash : [8 - 2 * (repeat % 3), 2, 1, 2],
      label: armLabel(point, true),
      point,
    };
  });
  const omitted = budgets.filter((budget) => budget !== largest && budget !== middle);
  return {
    series: series.map(({ label, color, shape, dash }) => ({ label, color, shape, dash })),
    styleOf: (point) => series.find((candidate) => sameArm(candidate.point, point)) ?? null,
    leftOut: omitted.length === 0 ? '' : `PMP with ${omitted.map(count).join(', ')} pairs is in the table only.`,
  };
}

const sameArm = (a: ArmPoint, b: ArmPoint): boolean =>
  a.arm === b.arm && a.pretrainPairs === b.pretrainPairs && a.variant === b.variant;
