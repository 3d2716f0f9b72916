/** `plan --json`: the machine-readable plan. Others build on it; add fields, never rename them. */
import type { StageStatus } from './explain-plan.ts';
import type { Plan, PlannedStage } from './stage.ts';

export interface PlanJson extends Omit<Plan, 'stages'> {
  readonly schemaVersion: 1;
  readonly stages: readonly (PlannedStage & StageStatus)[];
}

/** @param statuses From `explainPlan`; it has every stage of the plan. */
export function planToJson(plan: Plan, statuses: ReadonlyMap<string, StageStatus>): PlanJson {
  const stages = plan.stages.map((stage) => {
    const status = statuses.get(stage.id);
    if (status === undefined) throw new Error(`${stage.id} has no status: the statuses are of another plan`);
    return { ...stage, ...status };
  });
  return { schemaVersion: 1, ...plan, stages };
}
