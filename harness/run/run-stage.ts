/**
 * One attempt at one stage, inside a worker process. Start reading here.
 *
 *     task -> enter folder -> verify inputs -> run the stage function -> hash outputs -> commit
 *             lease.json      sha256 against   (run/stages/<kind>.ts)    sha256, fsync   done.json, renamed last
 *             stage.json      their done.json    |          |                              |
 *             provenance                         |          +-- throws --> classify -----> failed.json
 *                                                +-- events --> journal.jsonl (and the conductor's display)
 *
 * Killed anywhere before the rename, the stage is simply not done: the next attempt finds the folder as it is, resume
 * points included.
 */
import type { StageContext, StageFunctions } from '../stages/stage-context.ts';
import type { PlannedStage, StageKind } from '../plan/stage.ts';
import {
  DamagedInput,
  Journal,
  type JournalEvent,
  type StageResult,
  type StageTask,
  type VerifiedFiles,
  commit,
  enterFolder,
  leaveFolder,
  recordEnd,
  verifyInputs,
} from '../store/index.ts';
import { classifyFailure } from './classify-failure.ts';

export interface StageRunner {
  readonly functions: StageFunctions;
  readonly verifiedFiles: VerifiedFiles;
  readonly signal: AbortSignal;
  /** Rejects when the process had an error that belongs to no promise. */
  readonly crashed: Promise<never>;
  onEvent(event: JournalEvent): void;
}

export async function runStage(task: StageTask, runner: StageRunner): Promise<StageResult> {
  const entered = enterFolder(task);
  if (entered !== 'open') return entered;
  const journal = new Journal(task.folder, task.attempt);
  const emit = (event: JournalEvent): void => {
    journal.append(event);
    runner.onEvent(event);
  };
  try {
    await verifyInputs(task, runner.verifiedFiles);
    const { stage, folder, inputFolders, execution, cacheFolder } = task;
    const work = callStage(runner.functions, {
      stage: stage as PlannedStage,
      folder,
      inputFolders,
      execution,
      cacheFolder,
      emit,
      signal: runner.signal,
    });
    const { outcome, outputs } = await Promise.race([work, runner.crashed]);
    if (outcome.kind === 'completed' || outcome.kind === 'diverged')
      return await commit(task, journal, outcome, outputs);
    return recordEnd(
      journal,
      outcome.kind === 'interrupted'
        ? { kind: 'interrupted' }
        : { kind: 'failed', outcome, hint: null, isDiskTrouble: false },
    );
  } catch (error) {
    if (error instanceof DamagedInput) return { kind: 'damaged-input', input: error.stageId, why: error.why };
    return recordEnd(journal, classifyFailure(error, runner.signal.aborted));
  } finally {
    journal.close();
    leaveFolder(task.folder);
  }
}

function callStage<K extends StageKind>(
  functions: StageFunctions,
  context: StageContext<K>,
): ReturnType<StageFunctions[K]> | Promise<never> {
  return functions[context.stage.kind](context) as ReturnType<StageFunctions[K]>;
}
