/** Conducting: the public face of `run`. */
export { sweep } from './sweep.ts';
export { exitCodeOf } from './summary.ts';
export type {
  SweepCounts,
  SweepEvent,
  SweepFailure,
  SweepLimits,
  SweepOptions,
  SweepSummary,
  TimeLeft,
} from './sweep-types.ts';
export {
  type DoneRecord,
  type FailedRecord,
  type Lease,
  type StoreState,
  type SweepLock,
  planFile,
  readLiveLease,
  readStoreState,
  readSweepLock,
  stageFiles,
  stageFolder,
  storeFolder,
  workerLogFile,
} from '../store/index.ts';
export { captureProvenance } from './provenance.ts';
export { serveStages } from './worker.ts';
export type { StageContext, StageFunction, StageFunctions } from '../stages/stage-context.ts';
export { expectPlan } from './expect.ts';
