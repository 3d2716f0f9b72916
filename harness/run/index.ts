/** Conducting: the public face of `run`. */
export { sweep } from './sweep.ts';
export { readyStages, type ReadyStages } from './ready-stages.ts';
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
export { captureOrigin, captureProvenance } from './provenance.ts';
export { serveStages } from './worker.ts';
export { stageLibrary, type StageLibrary } from './stage-library.ts';
export { runStageFolder, type StageFolderRun } from './run-stage-folder.ts';
export { listenForStop, stopSignals, type StopSignal } from './stop-signals.ts';
export { expectPlan } from './expect.ts';
export { verifyStage, type StageVerification, type VerifyOptions } from './verify/verify-stage.ts';
export { verifyDigests, type DigestVerification } from './verify/verify-digests.ts';
export type { ComparedFile } from './verify/compare-runs.ts';
