export * from './stage.ts';
export { planExperiment } from './plan-experiment.ts';
export { planInputs, type PlanInputs } from './plan-inputs.ts';
export {
  explainPlan,
  willRun,
  type DoneStage,
  type StageStatus,
  type StoredState,
  type StoreSnapshot,
} from './explain-plan.ts';
export { stageNames } from './stage-names.ts';
export type { NamedPlan, NamedStage, NamedTrial } from './named-plan.ts';
export { planToJson, type PlanJson } from './plan-json.ts';
export { formatPlan, formatStagesAndTrials } from './format-plan.ts';
export { addedFields, canonicalJson, currentConfig, fingerprintOf, sha256 } from './fingerprint.ts';
export { forkSteps, type ForkSteps } from '../spec/index.ts';
export { basisLevels, timePredictor, type BasisLevel, type StageTime, type TimedStage } from './predict-time.ts';
export { secondsAtDefault, secondsPerUnit } from './default-speeds.ts';
export { executionOrder } from './execution-order.ts';
export { forecast, notStarted, type Forecast, type ForecastBasis, type StageProgress } from './forecast.ts';
export { endTimes, wallTime, type WallTime } from './wall-time.ts';
export { memorySummary, type MemorySummary, type PlanExpectation } from './expectation.ts';
