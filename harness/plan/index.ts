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
export { planToJson } from './plan-json.ts';
export { formatPlan, formatStagesAndTrials } from './format-plan.ts';
export { absentFrom } from './absent-data.ts';
export { pricePlan, type PlanPrice } from './price/price-plan.ts';
export type { StagePrice, TrainingPrice } from './price/stage-price.ts';
export { rankMemory, type RankLayout, type RankMemory } from './price/rank-memory.ts';
export { addedFields, canonicalJson, currentConfig, fingerprintOf, sha256 } from './fingerprint.ts';
export { timePredictor, type TimedStage } from './predict-time.ts';
export { secondsAtDefault } from './default-speeds.ts';
export { executionOrder } from './execution-order.ts';
export { familiesOf } from './families.ts';
export { forecast, notStarted, type ForecastBasis, type StageProgress } from './forecast.ts';
export { endTimes, wallTime } from './wall-time.ts';
export { largestNeeds, type MemoryNeed, type PlanExpectation } from './expectation.ts';
