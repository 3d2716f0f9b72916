/** Where a budget's fork leaves the trunk: one arithmetic for validation, planning and training. */
import type { DurationSpec, ScheduleSpec } from './training-schema.ts';

export interface ForkSteps {
  /** Steps at the stable rate (and warmup); the trunk is cut here. Equals `total` for cosine, which has no fork. */
  readonly decayStart: number;
  readonly total: number;
}

/**
 * Steps of a run over `budgetSteps`: the decay is part of the budget, at least one step long (wsd), so a point labelled
 * n has seen exactly n pairs.
 * @param budgetSteps Whole budget in optimizer steps.
 */
export function forkSteps(budgetSteps: number, schedule: ScheduleSpec): ForkSteps {
  if (schedule.kind === 'cosine') return { decayStart: budgetSteps, total: budgetSteps };
  return {
    decayStart: budgetSteps - Math.max(1, Math.round(schedule.decayFraction * budgetSteps)),
    total: budgetSteps,
  };
}

export function warmupSteps(warmup: DurationSpec, totalSteps: number): number {
  return 'steps' in warmup ? warmup.steps : Math.round(warmup.fraction * totalSteps);
}
