/**
 * One stage by its folder alone, in this process: what `harness stage run FOLDER` does, and what every launcher may call.
 * The task.json in the folder says everything; the attempt is the next one after those in its journal.
 */
import {
  type JournalEvent,
  type StageDescription,
  type StageResult,
  VerifiedFiles,
  lastAttempt,
  readTaskFile,
} from '../store/index.ts';
import { runStage } from './run-stage.ts';
import { stageLibrary } from './stage-library.ts';

export interface StageFolderOptions {
  readonly signal: AbortSignal;
  onEvent(event: JournalEvent): void;
}

/** @throws UserError (2) where the folder has no task that can be read. */
export async function runStageFolder(
  folder: string,
  { signal, onEvent }: StageFolderOptions,
): Promise<{ readonly stage: StageDescription; readonly result: StageResult }> {
  const task = readTaskFile(folder);
  const attempt = Math.max(task.attempt, 1 + lastAttempt(task.folder));
  const runner = {
    library: stageLibrary(),
    verifiedFiles: new VerifiedFiles(),
    signal,
    crashed: new Promise<never>(() => {}),
    onEvent,
  };
  return { stage: task.stage, result: await runStage({ ...task, attempt }, runner) };
}
