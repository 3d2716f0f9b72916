export { objectiveParts, pmpLoss, type ObjectiveParts, type ObjectiveWeights } from './pmp-loss.ts';
export { adamWScalars } from './adamw.ts';
export { cosine, learningRateOf, wsd, wsdPhases, type LearningRate, type WsdPhases } from './schedule.ts';
export { batchOrder, pairOrder, type BatchOrder } from './pair-order.ts';
export { SessionCache, type SessionLease } from './session-cache.ts';
export { flatteningFor, type Flattening } from './learned-groups.ts';
export { trainProgram } from './train-program.ts';
export { labelFeeds, poolingFeed, trainFeeds } from './train-feeds.ts';
export { featuresOf, plainStep, plainTraining, type StepFeatures, type TrainFeatures } from './step-features.ts';
export {
  asStored,
  describeTrainState,
  finalParameters,
  initialState,
  readTrainState,
  trainedModel,
  writeTrainState,
  type TrainProgress,
  type TrainState,
} from './train-state.ts';
export { finalName, stateLayout, type StateLayout } from './state-layout.ts';
export { trainLoop, type TrainEvent, type TrainOptions, type TrainOutcome, type TrainResult } from './train-loop.ts';
export { costOfRuns, stepCost, type BatchShape, type StepCost } from './step-cost.ts';
export { DryExecutor, type DryRun } from './dry-executor.ts';
export type { StepOptions } from './step-sessions.ts';
export { attentionBlocks, cutIntoMicroBatches, microBatchCount, rowLengths, type RowLengths } from './micro-batches.ts';
