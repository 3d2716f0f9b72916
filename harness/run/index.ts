/** Conducting: the public face of `run`. */
export { sweep } from './sweep.ts';
export { exitCodeOf } from './summary.ts';
export type { SweepCounts, SweepEvent, SweepFailure, SweepLimits, SweepOptions, SweepSummary } from './sweep-types.ts';
export { readLiveLease, readStoreState } from './store/state.ts';
export type { StoreState } from './store/state.ts';
export type { DoneRecord, FailedRecord, Lease } from './store/records.ts';
export { stageFiles, stageFolder, storeFolder, planFile, workerLogFile } from './store/layout.ts';
export { readSweepLock } from './sweep-lock.ts';
export type { SweepLock } from './sweep-lock.ts';
export { captureProvenance } from './provenance.ts';
export type { Provenance } from './provenance.ts';
export { serveStages } from './worker.ts';
export type { StageContext, StageFunction, StageFunctions } from './stage-context.ts';
export { expectPlan } from './expect.ts';
