/**
 * Gives ready stages to workers and decides what each end means: retry, block, run the producer again, stop. It never
 * trains, and holds nothing that a restart could not read from the store.
 */
import { native } from '../backends/index.ts';
import type { PlannedStage } from '../plan/stage.ts';
import type { ErrorClass } from '../spec/error-class.ts';
import { defaultRetries } from '../spec/experiment-schema.ts';
import { takeCancelRequests, type Outcome } from '../store/index.ts';
import type { AttemptEnd, FailedEnd } from './attempt-end.ts';
import { Attempts, type AttemptsOptions } from './attempts.ts';
import { stageKind } from '../stages/index.ts';
import type { Schedule } from './schedule.ts';
import type { StopSignal } from './stop-signals.ts';
import type { SweepFailure, SweepSummary, TimeLeft } from './sweep-types.ts';
import type { TimeLeftOfSweep } from './time-left.ts';

const timeLeftEveryMs = 5_000;

export interface ConductorOptions extends AttemptsOptions {
  readonly schedule: Schedule;
  /** null where nothing is known about the stages. */
  readonly timeLeft: TimeLeftOfSweep | null;
  onStageDone(stage: PlannedStage): void;
}

export class Conductor {
  readonly failures: SweepFailure[] = [];
  interrupted: StopSignal | null = null;
  stoppedBecause: SweepSummary['stoppedBecause'] = null;
  readonly #options: ConductorOptions;
  readonly #attempts: Attempts;
  /** Producers that were run again because their outputs did not match: once each. */
  readonly #renewed = new Set<string>();

  constructor(options: ConductorOptions) {
    this.#options = options;
    this.#attempts = new Attempts(options, {
      onStart: (stage, worker, attempt) => {
        options.timeLeft?.started(stage.id, attempt);
        options.sweep.onEvent({ type: 'stage-started', stageId: stage.id, kind: stage.kind, worker, attempt });
      },
      onLive: (stageId, worker, message) => {
        if (message.type === 'note') return this.#note(stageId, message.text);
        options.timeLeft?.progressed(stageId, message.steps > 0 ? message.step / message.steps : 0);
        options.sweep.onEvent({ ...message, type: 'stage-progress', stageId, worker, left: this.#left() });
      },
    });
  }

  /**
   * Runs until nothing is ready and nothing is running. A bug of the conductor's own takes its workers down with it.
   */
  async run(): Promise<void> {
    const running = new Set<Promise<void>>();
    const timers = [
      setInterval(() => this.#tellTimeLeft(), timeLeftEveryMs),
      setInterval(() => this.#cancelAsked(), this.#options.limits.lookEveryMs),
    ];
    try {
      await this.#runAll(running);
    } catch (error) {
      this.kill();
      await Promise.allSettled(running);
      throw error;
    } finally {
      for (const timer of timers) clearInterval(timer);
      await this.#attempts.close();
    }
  }

  async #runAll(running: Set<Promise<void>>): Promise<void> {
    const { schedule, sweep } = this.#options;
    const free = Array.from({ length: sweep.execution.workers }, (_, index) => index + 1);
    for (;;) {
      for (let stage = this.#nextStage(free); stage !== null; stage = this.#nextStage(free)) {
        const worker = free.shift() ?? 1;
        schedule.set(stage.id, 'running');
        const work = this.#conduct(stage, worker).finally(() => {
          free.unshift(worker);
          running.delete(work);
        });
        running.add(work);
      }
      if (running.size === 0) return;
      await Promise.race(running);
    }
  }

  stop(signal: StopSignal): void {
    if (this.interrupted !== null) return;
    this.interrupted = signal;
    this.#attempts.stop();
  }

  /** Stops without a word: another sweep conducts here now, and the caller says so. */
  abandon(): void {
    this.interrupted ??= 'SIGTERM';
    this.#attempts.stop();
  }

  kill(): void {
    this.#attempts.kill();
  }

  #cancelAsked(): void {
    const { schedule, sweep } = this.#options;
    for (const id of takeCancelRequests(sweep.resultsFolder)) {
      const status = schedule.has(id) ? schedule.statusOf(id) : null;
      if (status === 'pending') schedule.set(id, 'cancelled');
      if (status === 'running') this.#attempts.cancel(id);
      if (status === 'pending' || status === 'running') this.#note(id, 'cancelled, as `harness cancel` asked');
    }
  }

  #nextStage(free: readonly number[]): PlannedStage | null {
    return free.length === 0 || this.interrupted !== null || this.stoppedBecause !== null
      ? null
      : this.#options.schedule.next();
  }

  async #conduct(stage: PlannedStage, worker: number): Promise<void> {
    const startedMs = performance.now();
    const failures = new Map<ErrorClass, number>();
    for (;;) {
      const end = await this.#attempts.attempt(stage, worker, failures.get('oom') ?? 0);
      if (end.kind === 'failed' && this.#isWorthAnotherTry(stage, end, failures)) continue;
      return this.#settle(stage, worker, end, performance.now() - startedMs);
    }
  }

  /** @param failures Of this stage in this sweep, by their class. */
  #isWorthAnotherTry(stage: PlannedStage, end: FailedEnd, failures: Map<ErrorClass, number>): boolean {
    const { errorClass, message } = end.outcome;
    const before = failures.get(errorClass) ?? 0;
    failures.set(errorClass, before + 1);
    if (this.interrupted !== null || end.isDiskTrouble || before >= this.#retriesOf(errorClass)) return false;
    const how = errorClass === 'oom' && this.#isCutByUs(stage) ? ', with micro-batches half as large' : '';
    this.#note(stage.id, `${message} (${errorClass}): trying again${how}`);
    return true;
  }

  /** Other backends cut their steps themselves. */
  #isCutByUs({ kind }: PlannedStage): boolean {
    const { backend = native.name } = this.#options.sweep;
    return backend === native.name && stageKind(kind)?.training !== undefined;
  }

  /** What is wrong with the input stays wrong. */
  #retriesOf(errorClass: ErrorClass): number {
    return errorClass === 'user' ? 0 : { ...defaultRetries, ...this.#options.sweep.execution.retries }[errorClass];
  }

  #settle(stage: PlannedStage, worker: number, end: AttemptEnd, durationMs: number): void {
    const { schedule, timeLeft } = this.#options;
    timeLeft?.ended(stage.id, end.kind === 'committed' && !end.isCached && end.outcome.kind === 'completed');
    if (end.kind === 'damaged-input') return this.#renew(stage, worker, end, durationMs);
    if (end.kind === 'failed') return this.#fail(stage, worker, end, durationMs);
    if (end.kind === 'interrupted' || end.kind === 'cancelled') {
      schedule.set(stage.id, end.kind === 'cancelled' ? 'cancelled' : 'pending');
      return this.#tellEnd(stage, worker, end, durationMs);
    }
    schedule.set(stage.id, end.outcome.kind === 'diverged' ? 'diverged' : end.isCached ? 'cached' : 'completed');
    this.#options.onStageDone(stage);
    this.#tellEnd(stage, worker, end.outcome, durationMs);
  }

  #fail(stage: PlannedStage, worker: number, end: FailedEnd, durationMs: number): void {
    const { message, errorClass } = end.outcome;
    const stageCommand = this.#attempts.commandOf(stage);
    this.#options.schedule.set(stage.id, 'failed');
    this.#attempts.recordFailure(stage, end, stageCommand);
    const failure: SweepFailure = {
      stageId: stage.id,
      kind: stage.kind,
      message,
      hint: end.hint,
      errorClass,
      lastLines: end.lastLines,
      log: end.log,
      command: this.#options.sweep.command,
      stageCommand,
    };
    const isKnown = this.failures.some((other) => isAlike(other, failure));
    this.failures.push(failure);
    if (end.isDiskTrouble)
      this.#stopStarting('disk', `${message}: no more stages are started; what is done stays done`);
    else if (this.#options.sweep.failFast === true)
      this.#stopStarting('fail-fast', 'a stage failed: no more stages are started');
    this.#options.onStageDone(stage);
    this.#tellEnd(stage, worker, end.outcome, durationMs, isKnown ? null : failure);
  }

  /**
   * What an input's folder holds is not what it committed: run its producer again, then this stage. A second time, the
   * disk is at fault.
   */
  #renew(
    stage: PlannedStage,
    worker: number,
    end: Extract<AttemptEnd, { kind: 'damaged-input' }>,
    durationMs: number,
  ): void {
    const { schedule } = this.#options;
    const producer = end.input;
    if (!schedule.has(producer) || (this.#renewed.has(producer) && schedule.statusOf(producer) === 'completed')) {
      const message =
        `the input ${producer} is ` +
        `damaged${schedule.has(producer) ? ' again after it was renewed' : ''}: ${end.why}`;
      const outcome = { kind: 'failed', errorClass: 'infrastructure', message, detail: null } as const;
      return this.#fail(
        stage,
        worker,
        { kind: 'failed', outcome, hint: 'Check the disk.', isDiskTrouble: false, lastLines: [], log: null },
        durationMs,
      );
    }
    schedule.set(stage.id, 'pending');
    if (schedule.statusOf(producer) === 'pending') return; // another consumer has reported it
    this.#renewed.add(producer);
    this.#attempts.markDamaged(producer, end.why);
    schedule.set(producer, 'pending');
    this.#note(producer, `outputs are damaged (${end.why}), found by ${stage.id}: running it again`);
  }

  #stopStarting(because: 'disk' | 'fail-fast', text: string): void {
    if (this.stoppedBecause === null) this.#note(null, text);
    this.stoppedBecause ??= because;
  }

  #tellEnd(
    stage: PlannedStage,
    worker: number,
    outcome: Outcome,
    durationMs: number,
    failure: SweepFailure | null = null,
  ): void {
    this.#options.sweep.onEvent({
      type: 'stage-finished',
      stageId: stage.id,
      kind: stage.kind,
      worker,
      outcome,
      durationMs,
      left: this.#left(),
      ...(failure && { failure }),
    });
  }

  /** A stage that tells nothing while it runs may take longer than it was expected to. */
  #tellTimeLeft(): void {
    const left = this.#left();
    if (left !== null) this.#options.sweep.onEvent({ type: 'time-left', left });
  }

  #left(): TimeLeft | null {
    return this.#options.timeLeft?.get() ?? null;
  }

  #note(stageId: string | null, text: string): void {
    this.#options.sweep.onEvent({ type: 'note', stageId, text });
  }
}

/** For the same reason; numbers (of processes, bytes, steps) differ from stage to stage. */
function isAlike(one: SweepFailure, other: SweepFailure): boolean {
  const plain = ({ errorClass, message }: SweepFailure): string => `${errorClass} ${message.replaceAll(/\d+/g, '#')}`;
  return plain(one) === plain(other);
}
