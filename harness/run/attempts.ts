/**
 * One attempt at one stage, seen from the conductor: see out whoever is in the folder, clear damage, hand the stage to
 * a worker, and say how it ended, also for a worker that died and can no longer say it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedStage } from '../plan/stage.ts';
import type { Launcher, LiveMessage, Slot } from '../launch/index.ts';
import {
  asResult,
  committedAs,
  damageIn,
  endedAs,
  stoppedFromOutside,
  takenOver,
  type AttemptEnd,
  type AttemptFailure,
  type AttemptResult,
  type FailedEnd,
  type Lost,
} from './attempt-end.ts';
import { classifyDeath, classifyFailure, classifyVanished } from './classify-failure.ts';
import { countOomKills } from './cost/control-groups.ts';
import { waitForHolder } from './orphan.ts';
import {
  type StageTask,
  type FailedRecord,
  type StoreState,
  CheckedStages,
  clearFolder,
  lastAttempt,
  readStageState,
  recordDeath,
  stageFolder,
  whereabouts,
  writeFailure,
  writeTaskFile,
} from '../store/index.ts';
import { RunningStage } from './running-stage.ts';
import { stageCommand } from './stage-command.ts';
import type { SweepLimits, SweepOptions } from './sweep-types.ts';
import { nextAttempt, taskOfStage, type TaskContext } from './task-of-stage.ts';

export interface AttemptsOptions extends TaskContext {
  readonly sweep: SweepOptions;
  readonly limits: SweepLimits;
  readonly launcher: Launcher;
  readonly checked: CheckedStages;
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
  readonly #running = new Map<string, RunningStage>();
  readonly #cancelled = new Set<string>();
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
  async attempt(stage: PlannedStage, slot: number, halvings = 0): Promise<AttemptEnd> {
    try {
      for (;;) {
        const end = await this.#attempt(stage, slot, halvings);
        if (end.kind !== 'lost') return end;
        if (this.#isStopping) return { kind: 'interrupted' };
        this.#note(stage.id, `${end.why}: waiting for what comes of it`);
      }
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
  recordFailure(stage: PlannedStage, end: FailedEnd, command: string): void {
    const folder = this.#folder(stage.id);
    try {
      const record: FailedRecord = {
        outcome: end.outcome,
        hint: end.hint,
        attempt: lastAttempt(folder),
        lastLines: [...end.lastLines],
        log: end.log,
        command: this.#options.sweep.command,
        stageCommand: command,
      };
      writeFailure(folder, record);
    } catch {
      // a full disk: the summary still has the failure
    }
  }

  /** Ends one stage, or does not start it; what it saved stays. */
  cancel(stageId: string): void {
    this.#cancelled.add(stageId);
    this.#running.get(stageId)?.cancel();
  }

  /** The command that runs the stage by itself. */
  commandOf(stage: PlannedStage): string {
    return stageCommand(taskOfStage(stage, { attempt: 1, halvings: 0 }, this.#options), this.#options.sweep);
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

  async #attempt(stage: PlannedStage, slot: number, halvings: number): Promise<AttemptEnd | Lost> {
    const folder = this.#folder(stage.id);
    const underWay = (await this.#options.launcher.underWay?.(stage.id)) ?? null;
    if (underWay === null) await this.#seeOut(stage.id, folder);
    const committed = this.#alreadyCommitted(stage.id, folder);
    if (committed !== null) return committed;
    const process = await this.#options.launcher.slot(slot);
    if (this.#isStopping) return { kind: 'interrupted' };
    if (this.#cancelled.has(stage.id)) return { kind: 'cancelled' };

    const attempt = underWay ?? nextAttempt(folder);
    this.#onStart(stage, slot, attempt);
    const task = taskOfStage(stage, { attempt, halvings }, this.#options);
    if (underWay === null) writeTaskFile(task);
    return this.#run(task, slot, process);
  }

  async #run(task: StageTask, slot: number, process: Slot): Promise<AttemptEnd | Lost> {
    const { id } = task.stage;
    const oomKills = countOomKills();
    const running = this.#watch(id, process);
    const onLive = (message: LiveMessage): void => {
      running.heard();
      this.#onLive(id, slot, message);
    };
    const reply = await process.start(task, onLive).finally(() => {
      this.#running.delete(id);
      running.close();
    });
    const ending = this.#isStopping ? null : running.ending;
    if (reply.kind === 'result')
      return this.#judge(id, ending === null ? reply.result : endedAs(ending, reply.result, task), process);
    const classify = (): AttemptFailure => {
      if (ending !== null) return asResult(ending);
      const lastLines = process.lastLines();
      if (reply.kind === 'vanished') return classifyVanished(reply, lastLines);
      return classifyDeath({ ...reply, lastLines, wasOomKill: countOomKills() > oomKills });
    };
    return this.#judge(id, this.#judgeDeath(id, task.attempt, classify), process);
  }

  #watch(stageId: string, process: Slot): RunningStage {
    const { limits, sweep } = this.#options;
    const { stageTimeoutSeconds = null, stuckAfterSeconds = null } = sweep.execution;
    const running = new RunningStage(
      this.#folder(stageId),
      process,
      {
        timeoutMs: stageTimeoutSeconds === null ? null : 1000 * stageTimeoutSeconds,
        stuckAfterMs: stuckAfterSeconds === null ? null : 1000 * stuckAfterSeconds,
        silentMs: limits.silentMs,
        everyMs: limits.lookEveryMs,
        stopGraceMs: limits.stopGraceMs,
        stuckGraceMs: limits.orphanGraceMs,
      },
      (notice) => this.#note(stageId, notice),
    );
    this.#running.set(stageId, running);
    return running;
  }

  #seeOut(stageId: string, folder: string): Promise<void> {
    const { orphanGraceMs: graceMs, leaseLostMs: lostMs } = this.#options.limits;
    return waitForHolder(
      folder,
      { graceMs, lostMs },
      {
        onWait: (holder) =>
          this.#note(
            stageId,
            `worker ${whereabouts(holder)} of an earlier sweep is still in it: waiting for it to leave`,
          ),
        isGivenUp: () => this.#isStopping,
      },
    );
  }

  /** Somebody else may have committed it meanwhile. Damage, old or just reported, is cleared. */
  #alreadyCommitted(id: string, folder: string): AttemptEnd | Lost | null {
    const state = this.#stateOf(id);
    const damage = this.#damage.get(id) ?? damageIn(state);
    if (damage === null) return committedAs(state);
    const isStillSo = (): boolean => this.#damage.has(id) || damageIn(this.#stateOf(id)) !== null;
    const isCleared = clearFolder(folder, damage, isStillSo);
    this.#damage.delete(id);
    return isCleared ? null : { kind: 'lost', why: 'its outputs are damaged, and another worker is in its folder' };
  }

  #stateOf(id: string): StoreState {
    return readStageState(this.#options.sweep.resultsFolder, id, this.#options.checked);
  }

  async #judge(id: string, result: AttemptResult, process: Slot): Promise<AttemptEnd | Lost> {
    if (result.kind === 'committed') {
      this.#options.checked.trust(id);
      return { ...result, isCached: false };
    }
    if (result.kind === 'damaged-input' || result.kind === 'lost' || result.kind === 'cancelled') return result;
    const context = { lastLines: process.lastLines(), log: process.logFile };
    if (result.kind === 'failed') return { ...result, ...context };
    if (!this.#isStopping) await sleep(signalSettleMs);
    if (this.#isStopping) return result;
    return { ...stoppedFromOutside, ...context };
  }

  /**
   * The worker died inside the stage; what it could not write down is written here. A commit that came just before the
   * death counts.
   */
  #judgeDeath(id: string, attempt: number, classify: () => AttemptFailure): AttemptResult {
    const committed = committedAs(this.#stateOf(id));
    if (committed !== null) return { kind: 'committed', outcome: committed.outcome };
    const result = this.#isStopping ? ({ kind: 'interrupted' } as const) : classify();
    const outcome = result.kind === 'failed' ? result.outcome : result;
    if (recordDeath(this.#folder(id), attempt, outcome)) return result;
    return takenOver;
  }

  #note(stageId: string, text: string): void {
    this.#options.sweep.onEvent({ type: 'note', stageId, text });
  }

  #folder(id: string): string {
    return stageFolder(this.#options.sweep.resultsFolder, id);
  }
}
