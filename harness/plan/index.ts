export * from './stage.ts';
export { planExperiment } from './plan-experiment.ts';
export type { PlanInputs } from './trial-stages.ts';
export { explainPlan, type DoneStage, type StageStatus, type StoredState, type StoreSnapshot } from './explain-plan.ts';
export { planToJson, type PlanJson } from './plan-json.ts';
export { formatPlan, formatStagesAndTrials } from './format-plan.ts';
export { addedFields, canonicalJson, fingerprintOf, sha256 } from './fingerprint.ts';
export { forkSteps, type ForkSteps } from '../spec/index.ts';
