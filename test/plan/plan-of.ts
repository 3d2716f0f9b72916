/** Plans of experiment texts with a fixed corpus digest, and small questions to them; shared by the tests of plan. */
import { builtInKinds } from '../../harness/kinds/index.ts';
import {
  planExperiment,
  type Plan,
  type PlanInputs,
  type PlannedStage,
  type PlannedTrial,
  type StageName,
} from '../../harness/plan/index.ts';
import { valid } from '../spec/base-experiment.ts';

export const fixedInputs: PlanInputs = {
  kinds: builtInKinds,
  numericsOf: () => null,
  digestOf: ({ kind }) => ({ npm: 'c0', gsm8k: 'da' })[kind]?.repeat(32) ?? null,
};

export function planOf(text: string, overrides: readonly string[] = []): Plan {
  return planExperiment(valid(text, overrides), fixedInputs);
}

export function stagesOf<K extends StageName>(plan: Plan, kind: K): readonly Extract<PlannedStage, { kind: K }>[] {
  return plan.stages.filter((stage): stage is Extract<PlannedStage, { kind: K }> => stage.kind === kind);
}

export function stageOf(plan: Plan, id: string | undefined): PlannedStage {
  const stage = plan.stages.find((one) => one.id === id);
  if (stage === undefined) throw new Error(`no stage ${id}`);
  return stage;
}

export function kindsOf(plan: Plan, trial: PlannedTrial | undefined): readonly StageName[] {
  return (trial?.stages ?? []).map((id) => stageOf(plan, id).kind);
}

export function fingerprints(plan: Plan): ReadonlySet<string> {
  return new Set(plan.stages.map(({ fingerprint }) => fingerprint));
}
