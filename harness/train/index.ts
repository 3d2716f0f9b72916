export { objectiveParts, pmpLoss, type ObjectiveParts, type ObjectiveWeights } from './pmp-loss.ts';
export { adamWScalars } from './adamw.ts';
export { cosine, learningRateOf, wsd, wsdPhases, type LearningRate, type WsdPhases } from './schedule.ts';
export { batchOrder, pairOrder, type BatchOrder } from './pair-order.ts';
export { SessionCache, type SessionLease } from './session-cache.ts';
export { trainFeeds, trainProgram } from './train-program.ts';
export { initialState, readTrainState, writeTrainState, type TrainState } from './train-state.ts';
export { trainLoop, type TrainEvent, type TrainOptions, type TrainResult } from './train-loop.ts';
