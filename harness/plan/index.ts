export * from './stage.ts';
export { planExperiment } from './plan-experiment.ts';
export type { PlanInputs } from './trial-stages.ts';
export {
  explainPlan,
  willRun,
  type DoneStage,
  type StageStatus,
  type StoredState,
  type StoreSnapshot,
} from './explain-plan.ts';
export { planToJson, type PlanJson } from './plan-json.ts';
export { formatPlan, formatStagesAndTrials } from './format-plan.ts';
export { addedFields, canonicalJson, fingerprintOf, sha256 } from './fingerprint.ts';
export { forkSteps, type ForkSteps } from '../spec/index.ts';
export {
  charactersPerToken,
  corpusPairLengths,
  taskPairLengths,
  taskSizes,
  withinContext,
  type PairLengths,
  type TaskSizes,
} from './expected-lengths.ts';
export {
  basisLevels,
  timePredictor,
  type BasisLevel,
  type StageTime,
  type StageWork,
  type TimedStage,
} from './predict-time.ts';
export { defaultSpeeds, secondsAtDefault, workUnits, type Speeds, type Work, type WorkUnit } from './default-speeds.ts';
export { executionOrder } from './execution-order.ts';
export { forecast, notStarted, type Forecast, type ForecastBasis, type StageProgress } from './forecast.ts';
export { endTimes, wallTime, type WallTime } from './wall-time.ts';
export { roughDuration, roughRange } from './rough-duration.ts';
export { memorySummary, type MemorySummary, type PlanExpectation } from './expectation.ts';
