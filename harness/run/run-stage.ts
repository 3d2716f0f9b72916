/**
 * One attempt at one stage, inside a worker process. Start reading here.
 *
 *     task -> enter folder -> verify inputs -> run the stage function -> hash outputs -> commit
 *             lease.json      sha256 against   (stages/<kind>.ts)         sha256, fsync   done.json, renamed last
 *             stage.json      their done.json    |          |                              |
 *             provenance                         |          +-- throws --> classify -----> failed.json
 *                                                +-- events --> journal.jsonl (and the conductor's display)
 *
 * Killed anywhere before the rename, the stage is simply not done: the next attempt finds the folder as it is, resume
 * points included.
 */
import { pluginError } from '../kinds/index.ts';
import { numericsIn, type StageEnd } from '../stages/index.ts';
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
import type { StageLibrary } from './stage-library.ts';

export interface StageRunner {
  readonly library: StageLibrary;
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
    const { outcome, outputs } = await Promise.race([work(task, runner, emit), runner.crashed]);
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
    return recordEnd(journal, classifyFailure(pluginError(error, task.plugins) ?? error, runner.signal.aborted));
  } finally {
    journal.close();
    leaveFolder(task.folder);
  }
}

async function work(
  { stage, plugins, folder, inputFolders, execution, cacheFolder }: StageTask,
  { library, signal }: StageRunner,
  emit: (event: JournalEvent) => void,
): Promise<StageEnd> {
  const { run, kinds } = await library.load(stage.kind, plugins);
  const { saved, compute, writer } = library.tools;
  const shared = {
    kinds,
    saved,
    compute: () => compute(execution),
    numerics: numericsIn(stage.config),
    ...(writer && { writer: () => writer(execution) }),
  };
  return run({ stage, folder, inputFolders, execution, cacheFolder, ...shared, emit, signal });
}
