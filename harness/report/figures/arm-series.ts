/**
 * Which arms become lines where the pretraining budget is not the axis: all controls and arms without pretraining, and
 * of each treatment the largest budget and one in the middle.
 */
import { armPoints, isAt, withRole } from '../arm-points.ts';
import { ascending, groupBy, unique } from '../distinct.ts';
import { count } from '../../text/index.ts';
import { armLabel, listText } from '../format.ts';
import type { ArmPoint, Cell } from '../report-types.ts';
import type { SeriesStyle } from './chart-theme.ts';
import type { Series } from './series.ts';

export interface ArmSeries {
  readonly series: readonly Series[];
  styleOf(point: ArmPoint): Series | null;
  /** Says which budgets are not drawn; empty where all are. */
  readonly leftOut: string;
}

export function armSeries(cells: readonly Cell[], { withMiddle = true }: { withMiddle?: boolean } = {}): ArmSeries {
  const drawn = drawnBudgets(cells, withMiddle);
  const chosen = armPoints(cells).filter((point) => isDrawn(point, drawn));
  const series = inDashes(chosen.map((point) => ({ point, style: styleAt(point, drawn.get(point.arm.id)?.at(-1)) })));
  return {
    series: series.map(({ label, color, shape, dash }) => ({ label, color, shape, dash })),
    styleOf: (point) => series.find((candidate) => isAt(candidate.point, point)) ?? null,
    leftOut: leftOutText(cells, drawn),
  };
}

/** Budgets by treatment arm, ascending. */
type Budgets = ReadonlyMap<string, readonly number[]>;

const isDrawn = ({ arm, pretrainPairs }: ArmPoint, drawn: Budgets): boolean =>
  drawn.get(arm.id)?.includes(pretrainPairs) ?? true;

function drawnBudgets(cells: readonly Cell[], withMiddle: boolean): Budgets {
  const treated = groupBy(withRole(cells, 'treatment'), (cell) => cell.arm.id);
  return new Map(
    treated.map((own) => {
      const budgets = ascending(own.map((cell) => cell.pretrainPairs));
      return [own[0].arm.id, withMiddle ? middleAndLargest(budgets) : budgets.slice(-1)];
    }),
  );
}

/** The middle in the order of sizes: geometric budgets put it at the geometric mean. */
function middleAndLargest(budgets: readonly number[]): readonly number[] {
  const last = budgets.length - 1;
  return unique([Math.floor(last / 2), last]).map((i) => budgets[i] as number);
}

function styleAt({ arm, pretrainPairs }: ArmPoint, largest = pretrainPairs): SeriesStyle {
  const { color, shape, dash, smaller } = arm.style;
  if (pretrainPairs === largest) return { color, shape, dash };
  return { color, shape, dash: [8, 3], ...smaller };
}

/** A second variant of an arm keeps its colour and takes another dash. */
function inDashes(
  points: readonly { readonly point: ArmPoint; readonly style: SeriesStyle }[],
): readonly (Series & { readonly point: ArmPoint })[] {
  const known = new Map<string, number>();
  return points.map(({ point, style }) => {
    const look = JSON.stringify(style);
    const repeat = known.get(look) ?? 0;
    known.set(look, repeat + 1);
    const dash = repeat === 0 ? style.dash : [8 - 2 * (repeat % 3), 2, 1, 2];
    return { ...style, dash, label: armLabel(point, true), point };
  });
}

function leftOutText(cells: readonly Cell[], drawn: Budgets): string {
  const left = armPoints(cells).filter((point) => !isDrawn(point, drawn));
  const arms = unique(left.map(({ arm }) => arm));
  const parts = arms.map((arm) => {
    const budgets = ascending(left.filter((point) => point.arm === arm).map((point) => point.pretrainPairs));
    return `${arm.label} with ${budgets.map(count).join(', ')} pairs`;
  });
  return parts.length === 0 ? '' : `In the table only: ${listText(parts)}.`;
}
