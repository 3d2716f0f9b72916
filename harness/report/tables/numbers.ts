/** Rows of results.csv. */
import type { Interval } from '../../stats/index.ts';
import type { ArmPoint, Estimate } from '../report-types.ts';
import type { TableDrawing } from '../view.ts';

export type TableNumber = NonNullable<TableDrawing['numbers']>[number];

/** The mean of a metric at a point of an arm; all numbers are null where it is not measured. */
export function numberRow(
  { point, ...at }: { model: string; point: ArmPoint; samples: number | null; metric: string },
  estimate: Estimate | null,
): TableNumber {
  const { arm, variant, pretrainPairs } = point;
  const place = { ...at, arm: arm.id, variant, pretrainPairs };
  return { ...place, mean: estimate?.mean ?? null, ...ends(estimate?.interval ?? null), n: estimate?.n ?? 0 };
}

export function ends(interval: Interval | null): Pick<TableNumber, 'low' | 'high' | 'method'> {
  return { low: interval?.low ?? null, high: interval?.high ?? null, method: interval?.method ?? 'none' };
}
