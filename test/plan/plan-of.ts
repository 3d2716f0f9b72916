/** Plans of experiment texts with a fixed corpus digest, and small questions to them; shared by the tests of plan. */
import {
  planExperiment,
  type Plan,
  type PlannedStage,
  type PlannedTrial,
  type StageKind,
} from '../../harness/plan/index.ts';
import { valid } from '../spec/base-experiment.ts';

export const fixedInputs = {
  corpusLockDigest: 'c0'.repeat(32),
  taskDataDigest: (task: { readonly kind: string }): string | null =>
    task.kind === 'generated' ? null : 'da'.repeat(32),
};

export function planOf(text: string, overrides: readonly string[] = []): Plan {
  return planExperiment(valid(text, overrides), fixedInputs);
}

export function stagesOf<K extends StageKind>(plan: Plan, kind: K): readonly Extract<PlannedStage, { kind: K }>[] {
  return plan.stages.filter((stage): stage is Extract<PlannedStage, { kind: K }> => stage.kind === kind);
}

export function stageOf(plan: Plan, id: string | undefined): PlannedStage {
  const stage = plan.stages.find((one) => one.id === id);
  if (stage === undefined) throw new Error(`no stage ${id}`);
  return stage;
}

export function kindsOf(plan: Plan, trial: PlannedTrial | undefined): readonly StageKind[] {
  return (trial?.stages ?? []).map((id) => stageOf(plan, id).kind);
}

export function fingerprints(plan: Plan): ReadonlySet<string> {
  return new Set(plan.stages.map(({ fingerprint }) => fingerprint));
}
