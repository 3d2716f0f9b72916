/** The data of the figure of equal samples: one row a reading of sample efficiency. */
import type { Efficiency } from '../report-types.ts';
import type { TaskView } from '../view.ts';
import { round } from './chart-rows.ts';
import { panelOf } from './effect-rows.ts';

/** What a point is, and its shape. */
export const marks = {
  'that many': 'circle',
  'more than its largest size': 'triangle-up',
  'at most its smallest size': 'triangle-down',
} as const;

export type Mark = keyof typeof marks;

export interface EqualRow {
  readonly panel: string;
  readonly mark: Mark;
  readonly color: string;
  /** Samples with the treatment, and those that the other arm needs. */
  readonly x: number;
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
  /** The interval goes on beyond the sizes measured. */
  readonly isOpenBelow: boolean;
  readonly isOpenAbove: boolean;
}

export function equalRow(reading: Efficiency, view: TaskView): EqualRow {
  const { samples, needs, interval, reference } = reading;
  return {
    panel: panelOf(reading, view),
    mark: markOf(needs),
    color: reference.arm.style.color,
    x: samples,
    y: round(needs.x),
    low: interval === null ? null : round(interval.low.x),
    high: interval === null ? null : round(interval.high.x),
    isOpenBelow: interval?.low.bound === 'at-most' && needs.bound !== 'at-most',
    isOpenAbove: interval?.high.bound === 'more-than' && needs.bound !== 'more-than',
  };
}

function markOf({ bound }: Efficiency['needs']): Mark {
  if (bound === null) return 'that many';
  return bound === 'more-than' ? 'more than its largest size' : 'at most its smallest size';
}

/** In the order of the legend. */
export const marksIn = (rows: readonly EqualRow[]): readonly Mark[] =>
  (Object.keys(marks) as Mark[]).filter((mark) => rows.some((row) => row.mark === mark));
