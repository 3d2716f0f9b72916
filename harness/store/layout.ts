/**
 * Where things lie under a results folder. One place, so that the collector, `status` and the runner agree:
 *
 *     results/harness.duckdb                   the index, built from the files below
 *     results/sweep.lock                       the one sweep that may write here
 *     results/experiments/<name>/plan.json     what was asked for
 *     results/logs/worker-<n>.log              stdout and stderr of the workers
 *     results/reports/<name>/                  its report, drawn again while it is swept
 *     results/store/<stageId>/                 task.json stage.json provenance.json journal.jsonl <outputs> [lease.json] [failed.json] [done.json]
 */
import { join } from 'node:path';

export const stageFiles = {
  task: 'task.json',
  stage: 'stage.json',
  provenance: 'provenance.json',
  journal: 'journal.jsonl',
  lease: 'lease.json',
  failed: 'failed.json',
  done: 'done.json',
} as const;

export const storeFolder = (resultsFolder: string): string => join(resultsFolder, 'store');
export const stageFolder = (resultsFolder: string, id: string): string => join(resultsFolder, 'store', id);
export const sweepLockFile = (resultsFolder: string): string => join(resultsFolder, 'sweep.lock');
export const planFile = (resultsFolder: string, experiment: string): string =>
  join(resultsFolder, 'experiments', experiment, 'plan.json');
export const workerLogFile = (resultsFolder: string, worker: number): string =>
  join(resultsFolder, 'logs', `worker-${worker}.log`);
export const reportsFolder = (resultsFolder: string): string => join(resultsFolder, 'reports');
export const databaseFile = (resultsFolder: string): string => join(resultsFolder, 'harness.duckdb');
