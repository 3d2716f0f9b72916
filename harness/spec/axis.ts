/** An axis of a sweep: its cases and what each sets. Types only. */
import type { Assignment } from './section-resolver.ts';

export type Label = string | number;
export interface AxisCase {
  readonly label: Label;
  readonly assignments: readonly SweepAssignment[];
}
export interface SweepAssignment extends Assignment {
  readonly axis: string;
  readonly label: Label;
}
export interface Axis {
  readonly name: string;
  readonly cases: readonly AxisCase[];
}
/** Axes that advance together; one axis is a group of its own. */
export type AxisGroup = readonly Axis[];
