/** Stages that a worker is in at this moment, as their own folders tell: the database may be a moment behind. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { livenessOf, readJournal, readLiveLease, stageFiles, stageFolder, stageIds } from '../store/index.ts';

export interface RunningStage {
  readonly stageId: string;
  readonly attempt: number;
  readonly pid: number;
  /** Its process was stopped (SIGSTOP), and does nothing. */
  readonly isStopped: boolean;
  /** ISO 8601; null where the attempt is not in the journal yet. */
  readonly startedAt: string | null;
  readonly step: number | null;
  readonly steps: number | null;
  readonly loss: number | null;
  readonly tokensPerSecond: number | null;
}

/** @param ids The stages asked about; without it, every folder of the store. */
export function runningStages(resultsFolder: string, ids?: readonly string[]): readonly RunningStage[] {
  return (ids ?? stageIds(resultsFolder)).flatMap((id) => runningStage(resultsFolder, id) ?? []);
}

function runningStage(resultsFolder: string, id: string): RunningStage | null {
  const lease = readLiveLease(resultsFolder, id);
  if (lease === null) return null;
  const journal = join(stageFolder(resultsFolder, id), stageFiles.journal);
  const events = existsSync(journal) ? readJournal(journal).events : [];
  const last = events.findLast((event) => event.kind === 'progress' || event.kind === 'attempt');
  const attempt = events.findLast((event) => event.kind === 'attempt' && event.attempt === lease.attempt);
  const progress = last?.kind === 'progress' ? last : null;
  return {
    stageId: id,
    attempt: lease.attempt,
    pid: lease.pid,
    isStopped: livenessOf(lease) === 'stopped',
    startedAt: attempt?.kind === 'attempt' ? attempt.startedAt : null,
    step: progress?.step ?? null,
    steps: progress?.steps ?? null,
    loss: progress?.loss ?? null,
    tokensPerSecond: progress?.tokensPerSecond ?? null,
  };
}
