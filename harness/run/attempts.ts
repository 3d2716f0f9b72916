/**
 * One attempt at one stage, seen from the conductor: see out whoever is in the folder, clear damage, hand the stage to
 * a worker, and say how it ended, also for a worker that died and can no longer say it.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedStage } from '../plan/stage.ts';
import type { Launcher, LiveMessage, Slot, WorkerReply } from '../launch/index.ts';
import { classifyFailure } from './classify-failure.ts';
import { waitForOrphan } from './orphan.ts';
import {
  type CommittedOutcome,
  type Provenance,
  type StageTask,
  type FailedOutcome,
  type FailedRecord,
  type StageResult,
  appendToJournal,
  clearFolder,
  failedRecordSchema,
  lastAttempt,
  leaseSchema,
  readRecord,
  readStageState,
  stageFiles,
  stageFolder,
  toJson,
  writeFileAtomically,
  writeTaskFile,
} from '../store/index.ts';
import type { SweepLimits, SweepOptions } from './sweep-types.ts';

export interface FailedEnd {
  readonly kind: 'failed';
  readonly outcome: FailedOutcome;
  readonly hint: string | null;
  readonly isDiskTrouble: boolean;
  readonly lastLines: readonly string[];
  readonly log: string | null;
}

/** `isCached`: an orphan of an earlier sweep committed it while this one waited. */
export type AttemptEnd =
  | { readonly kind: 'committed'; readonly outcome: CommittedOutcome; readonly isCached: boolean }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'damaged-input'; readonly input: string; readonly why: string }
  | FailedEnd;

export interface AttemptsOptions {
  readonly sweep: SweepOptions;
  readonly limits: SweepLimits;
  readonly launcher: Launcher;
  readonly provenance: Provenance;
  /** Input name -> stage id, of the inputs that are there. */
  inputsOf(stage: PlannedStage): Readonly<Record<string, string>>;
}

/**
 * After a Ctrl-C the workers, in the same process group, hear it as soon as the conductor does: a worker's
 * "interrupted" may come first.
 */
const signalSettleMs = 300;

export class Attempts {
  readonly #options: AttemptsOptions;
  readonly #onStart: (stage: PlannedStage, worker: number, attempt: number) => void;
  readonly #onLive: (stageId: string, worker: number, message: LiveMessage) => void;
  readonly #damage = new Map<string, string>();
  #isStopping = false;

  constructor(
    options: AttemptsOptions,
    handlers: {
      onStart(stage: PlannedStage, worker: number, attempt: number): void;
      onLive(stageId: string, worker: number, message: LiveMessage): void;
    },
  ) {
    this.#options = options;
    this.#onStart = handlers.onStart;
    this.#onLive = handlers.onLive;
  }

  /**
   * Never rejects: trouble of the conductor's own (a full disk under its lease or log) is a failure of the stage, too.
   */
  async attempt(stage: PlannedStage, slot: number): Promise<AttemptEnd> {
    try {
      return await this.#attempt(stage, slot);
    } catch (error) {
      const result = classifyFailure(error, this.#isStopping);
      return result.kind === 'interrupted' ? result : { ...result, lastLines: [], log: null };
    }
  }

  /** The stage's committed outputs are known to be wrong: the next attempt clears them first. */
  markDamaged(id: string, why: string): void {
    this.#damage.set(id, why);
  }

  /** Leaves failed.json behind for `status` and the record. */
  recordFailure(stage: PlannedStage, end: FailedEnd): void {
    const folder = this.#folder(stage.id);
    const record: FailedRecord = {
      outcome: end.outcome,
      hint: end.hint,
      attempt: lastAttempt(folder),
      lastLines: [...end.lastLines],
      log: end.log,
      command: this.#options.sweep.command,
    };
    try {
      writeFileAtomically(join(folder, stageFiles.failed), toJson(record), false);
    } catch {
      // a full disk: the summary still has the failure
    }
  }

  stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#options.launcher.stop();
    setTimeout(() => this.kill(), this.#options.limits.stopGraceMs).unref();
  }

  kill(): void {
    this.#options.launcher.kill();
  }

  async close(): Promise<void> {
    await this.#options.launcher.close(this.#options.limits.stopGraceMs);
  }

  async #attempt(stage: PlannedStage, slot: number): Promise<AttemptEnd> {
    const folder = this.#folder(stage.id);
    const { sweep, limits } = this.#options;
    await waitForOrphan(folder, limits.orphanGraceMs, {
      onWait: (pid) =>
        sweep.onEvent({
          type: 'note',
          stageId: stage.id,
          text: `worker ${pid} of an earlier sweep is still in it: waiting for it to leave`,
        }),
      isGivenUp: () => this.#isStopping,
    });
    const committed = this.#alreadyCommitted(stage.id, folder);
    if (committed !== null) return committed;
    const process = await this.#options.launcher.slot(slot);
    if (this.#isStopping) return { kind: 'interrupted' };

    const attempt =
      1 +
      Math.max(
        lastAttempt(folder),
        readRecord(join(folder, stageFiles.lease), leaseSchema)?.attempt ?? 0,
        readRecord(join(folder, stageFiles.failed), failedRecordSchema)?.attempt ?? 0,
      );
    this.#onStart(stage, slot, attempt);
    const task = this.#taskOf(stage, attempt);
    writeTaskFile(task);
    const reply = await process.start(task, (message) => this.#onLive(stage.id, slot, message));
    const result = reply.kind === 'result' ? reply.result : this.#judgeDeath(stage.id, attempt, reply);
    return this.#judge(result, process);
  }

  #taskOf(stage: PlannedStage, attempt: number): StageTask {
    const { sweep, provenance, inputsOf } = this.#options;
    const { threads, checkpointEverySeconds, ranks } = sweep.execution;
    return {
      stage,
      folder: this.#folder(stage.id),
      inputFolders: Object.fromEntries(Object.entries(inputsOf(stage)).map(([name, id]) => [name, this.#folder(id)])),
      execution: { threads, device: provenance.execution.device, checkpointEverySeconds, ...(ranks && { ranks }) },
      cacheFolder: sweep.cacheFolder,
      plugins: usesPlugins(stage) ? (sweep.plugins ?? []) : [],
      attempt,
      provenance,
    };
  }

  /** An orphan may have committed it meanwhile. Damage, old or just reported, is cleared. */
  #alreadyCommitted(id: string, folder: string): AttemptEnd | null {
    const state = readStageState(this.#options.sweep.resultsFolder, id);
    const damage = this.#damage.get(id) ?? (typeof state === 'object' && 'damaged' in state ? state.damaged : null);
    if (damage !== null) {
      clearFolder(folder, damage);
      this.#damage.delete(id);
      return null;
    }
    if (state === 'done') return { kind: 'committed', outcome: { kind: 'completed' }, isCached: true };
    return typeof state === 'object' && 'diverged' in state
      ? { kind: 'committed', outcome: { kind: 'diverged', ...state.diverged }, isCached: true }
      : null;
  }

  async #judge(result: StageResult, process: Slot): Promise<AttemptEnd> {
    if (result.kind === 'committed') return { ...result, isCached: false };
    if (result.kind === 'damaged-input') return result;
    const context = { lastLines: process.lastLines(), log: process.logFile };
    if (result.kind === 'failed') return { ...result, ...context };
    if (!this.#isStopping) await sleep(signalSettleMs);
    if (this.#isStopping) return result;
    const outcome = {
      kind: 'failed',
      errorClass: 'infrastructure',
      message: 'the worker was told to stop from outside this sweep',
      detail: null,
    } as const;
    return {
      kind: 'failed',
      outcome,
      hint: 'Run the same command again: it continues from the saved state.',
      isDiskTrouble: false,
      ...context,
    };
  }

  /**
   * The worker died inside the stage; what it could not write down is written here. A commit that came just before the
   * death counts.
   */
  #judgeDeath(id: string, attempt: number, death: Extract<WorkerReply, { kind: 'died' }>): StageResult {
    const folder = this.#folder(id);
    const state = readStageState(this.#options.sweep.resultsFolder, id);
    if (state === 'done') return { kind: 'committed', outcome: { kind: 'completed' } };
    if (typeof state === 'object' && 'diverged' in state)
      return { kind: 'committed', outcome: { kind: 'diverged', ...state.diverged } };
    const result = this.#isStopping ? ({ kind: 'interrupted' } as const) : failureOfDeath(death);
    const endedAt = new Date().toISOString();
    rmSync(join(folder, stageFiles.lease), { force: true });
    if (lastAttempt(folder) < attempt)
      appendToJournal(folder, { kind: 'attempt', attempt, startedAt: endedAt, resumedFromStep: null });
    appendToJournal(folder, { kind: 'outcome', endedAt, outcome: result.kind === 'failed' ? result.outcome : result });
    return result;
  }

  #folder(id: string): string {
    return stageFolder(this.#options.sweep.resultsFolder, id);
  }
}

/**
 * Stages without a kind of a plug-in do not load any: an edited plug-in must not fail the training that has nothing to
 * do with it.
 */
function usesPlugins({ config }: PlannedStage): boolean {
  return 'plugin' in config && config.plugin !== null;
}

function failureOfDeath({
  pid,
  signal,
  exitCode,
}: Extract<WorkerReply, { kind: 'died' }>): Extract<StageResult, { kind: 'failed' }> {
  const who = pid === null ? 'the worker could not be started' : `the worker (pid ${pid})`;
  const [errorClass, message, hint] =
    pid === null
      ? (['infrastructure', who, 'See the log.'] as const)
      : signal !== null
        ? ([
            'infrastructure',
            `${who} was ended by ${signal}`,
            signal === 'SIGKILL' ? 'Often the system was out of memory: use fewer workers.' : 'See the log.',
          ] as const)
        : (['bug', `${who} exited with code ${exitCode ?? '?'} in the middle of the stage`, 'See the log.'] as const);
  return { kind: 'failed', outcome: { kind: 'failed', errorClass, message, detail: null }, hint, isDiskTrouble: false };
}
