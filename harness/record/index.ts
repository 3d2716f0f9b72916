/** The public face of `record`: journals, the collector, and every question that is asked of the recorded results. */
export {
  type ErrorClass,
  type JournalContent,
  type JournalEvent,
  type Outcome,
  databaseFile,
  experimentNames,
  planFile,
  readJournal,
} from '../store/index.ts';
export { collect } from './collect.ts';
export type { CollectSummary } from './collect.ts';
export { openDatabase, withDatabase } from './database.ts';
export type { Parameters, QueryResult, ResultsDatabase, Row, Value } from './database.ts';
export { groupTrials, listExperiments, listMetrics, listRuns, listStages, listTrials } from './listings.ts';
export type { StageFilter } from './listings.ts';
export { trialOutcomeOf } from './trial-outcome.ts';
export type { StageState } from './trial-outcome.ts';
export { showThing } from './show-thing.ts';
export type { Thing } from './show-thing.ts';
export { readPairOutcomes, readTrialResults } from './trial-queries.ts';
export { readExperimentFile } from './experiment-file.ts';
export type { ExperimentRecord } from './experiment-file.ts';
export type { PairOutcomes, TrialOutcome, TrialResult } from './trial-result.ts';
export { exportTable } from './export-table.ts';
export type { ExportFormat } from './export-table.ts';
export { RecordedStages } from './recorded-stages.ts';
export type { RecordedMachine, RecordedStage } from './recorded-stages.ts';
