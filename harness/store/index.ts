/**
 * The store: the only room that knows how a results folder is laid out, and how its files are written so that a kill at
 * any moment loses nothing.
 */
export { VerifiedFiles } from './digest.ts';
export { errorCode, toJson, writeFileAtomically } from './durable.ts';
export { Journal, appendToJournal, lastAttempt } from './journal.ts';
export type { ErrorClass, JournalEvent, Outcome } from './journal-event.ts';
export {
  type JsonRecord,
  damagedFile,
  isRecord,
  listOf,
  numberOf,
  readJsonRecord,
  recordOf,
  textOf,
} from './json-file.ts';
export {
  databaseFile,
  planFile,
  reportsFolder,
  stageFiles,
  stageFolder,
  storeFolder,
  workerLogFile,
} from './layout.ts';
export { livenessOf } from './process-identity.ts';
export type { Provenance } from './provenance.ts';
export { type JournalContent, readJournal } from './read-journal.ts';
export {
  type CommittedOutcome,
  type DoneRecord,
  type FailedOutcome,
  type FailedRecord,
  type Lease,
  failedRecordSchema,
  leaseSchema,
  readRecord,
} from './records.ts';
export { type RecordSource, experimentNames, findSources } from './sources.ts';
export { clearFolder, commit, enterFolder, leaveFolder, recordEnd } from './stage-folder.ts';
export { readTaskFile, writeTaskFile } from './task-file.ts';
export type { Locations, PluginFile, StageDescription, StageExecution, StageResult, StageTask } from './stage-task.ts';
export { type StoreState, readLiveLease, readOutcome, readStageState, readStoreState } from './state.ts';
export { type SweepLock, acquireSweepLock, readSweepLock } from './sweep-lock.ts';
export { DamagedInput, verifyInputs } from './verify-inputs.ts';
