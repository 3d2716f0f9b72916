/**
 * The record: one collector, one DuckDB schema, and every SQL string.
 *
 *     collect.ts          files -> results/harness.duckdb, step by step or from nothing
 *       changes.ts        what changed since the last time, by signature.ts
 *       read-stage.ts     a stage folder -> StageRecord (attempts.ts, choices.ts, item-columns.ts)
 *       read-stages.ts    many -> stage-rows.ts, in batches (read-batch.ts); threads where there are thousands
 *       experiment-file.ts  a plan of any version -> ExperimentRecord
 *       update-database.ts  the rows of both (experiment-rows.ts), through writers.ts: write-rows.ts row by row,
 *                         coded-writer.ts for metrics and items, whose texts are numbers first (coded-rows.ts)
 *       derive.ts         costs and names of stages, clock-metrics.ts, outcomes of trials (trial-outcome.ts)
 *       database-file.ts  the database is replaced by its one writer (database-lease.ts), with its database-digest.ts
 *     schema.ts           tables.ts and views.ts
 *     database.ts         the recorded results, opened for reading
 *       listings.ts, show-thing.ts, trial-queries.ts, export-table.ts: queries on them
 *       excerpt.ts        what figures rest on, as Parquet files, and a database again
 *     recorded-stages.ts  stages straight from their files, for predictions
 */
export { writeExcerpt, withExcerpt, type ExcerptNeeds } from './excerpt.ts';
export { dependsOnClock } from './clock-metrics.ts';
export { collect } from './collect.ts';
export { databaseDamage } from './database-digest.ts';
export type { CollectSummary } from './collect.ts';
export { openDatabase, OtherSchema, withDatabase } from './database.ts';
export type { Parameters, QueryResult, ResultsDatabase, Row, Value } from './database.ts';
export {
  groupTrials,
  listEvaluationMetrics,
  listExperiments,
  listMetrics,
  listRuns,
  listStages,
  listTrials,
  readOrigins,
} from './listings.ts';
export type { StageFilter } from './listings.ts';
export { trialOutcomeOf } from './trial-outcome.ts';
export type { ChainStage } from './trial-outcome.ts';
export { findThing, showThing } from './show-thing.ts';
export type { FoundThing, Thing } from './show-thing.ts';
export {
  readEvaluateStage,
  readMetricsOfBoth,
  readMetricsOverSeeds,
  readSpecText,
  readStagesOf,
} from './compared-metrics.ts';
export type { MetricOfBoth, MetricOverSeeds } from './compared-metrics.ts';
export { readAudits, readContaminations } from './audits.ts';
export type { RecordedAudit, RecordedContamination, RecordedScores } from './recorded-audit.ts';
export { readScoresOf } from './kept-scores.ts';
export { readEnvironments } from './environments.ts';
export { readModelSizes } from './model-sizes.ts';
export { readLengthOutcomes } from './length-outcomes.ts';
export { readTrialCompute } from './trial-compute.ts';
export { readTrialDetails } from './trial-details.ts';
export { readFirstResultTime, readPairOutcomes, readTrialResults } from './trial-queries.ts';
export { readProgress } from './experiment-progress.ts';
export type { ExperimentProgress } from './experiment-progress.ts';
export { readExperimentFile } from './experiment-file.ts';
export type { ExperimentRecord, RecordedTrial } from './experiment-file.ts';
export type { ChoiceValue } from './choices.ts';
export type {
  PairOutcomes,
  TrainingCurve,
  TrialCompute,
  TrialDetails,
  TrialEnvironments,
  TrialOutcome,
  TrialResult,
} from './trial-result.ts';
export { exportTable } from './export-table.ts';
export type { ExportFormat } from './export-table.ts';
export { findReferences } from './references.ts';
export type { Reason, StoreEntry } from './references.ts';
export { removeUnreferenced } from './remove-unreferenced.ts';
export { RecordedStages } from './recorded-stages.ts';
export type { RecordedMachine, RecordedStage } from './recorded-stages.ts';
