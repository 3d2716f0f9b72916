/**
 * Looks at a running stage again and again: is its process stopped, does it make progress, does it take too long? Any
 * growth of its journal is progress. Time is counted in looks: while the conductor itself is stopped, none passes.
 */
import { formatDuration } from '../text/index.ts';
import type { Liveness } from '../store/index.ts';

export interface WatchLimits {
  /** null = it may take as long as it takes. */
  readonly timeoutMs: number | null;
  /** null = it is told of, and waited for. */
  readonly stuckAfterMs: number | null;
  /** Without progress for this long it is told of. */
  readonly silentMs: number;
}

/** What one look finds. */
export interface Sight {
  readonly pid: number | null;
  readonly liveness: Liveness;
  readonly journalBytes: number;
}

/** Why a stage is to be ended. */
export interface Overdue {
  readonly errorClass: 'timeout' | 'stuck';
  readonly message: string;
  readonly hint: string;
}

export class StageWatch {
  readonly #limits: WatchLimits;
  readonly #tell: (notice: string) => void;
  #ranMs = 0;
  #silentMs = 0;
  #toldAtMs: number;
  #journalBytes = -1;
  /** For how many looks in a row: after a Ctrl-Z of all processes the conductor may go on a moment earlier. */
  #stoppedLooks = 0;

  constructor(limits: WatchLimits, tell: (notice: string) => void) {
    this.#limits = limits;
    this.#tell = tell;
    this.#toldAtMs = this.#firstNoticeMs;
  }

  /** It has told something: a step, a note. */
  heard(): void {
    this.#silentMs = 0;
    this.#toldAtMs = this.#firstNoticeMs;
  }

  /** @param passedMs Since the look before. Returns why it is to be ended, or null. */
  look(sight: Sight, passedMs: number): Overdue | null {
    this.#ranMs += passedMs;
    this.#silentMs += passedMs;
    if (sight.journalBytes !== this.#journalBytes) this.heard();
    this.#journalBytes = sight.journalBytes;
    this.#lookWhetherStopped(sight);
    if (this.#stoppedLooks < 2) this.#tellSilence(sight.pid);
    return this.#overdue();
  }

  get #firstNoticeMs(): number {
    const { stuckAfterMs, silentMs } = this.#limits;
    return stuckAfterMs === null ? silentMs : Math.min(silentMs, stuckAfterMs / 2);
  }

  #lookWhetherStopped({ pid, liveness }: Sight): void {
    const before = this.#stoppedLooks;
    this.#stoppedLooks = liveness === 'stopped' ? before + 1 : 0;
    if (this.#stoppedLooks === 2)
      this.#tell(`the worker (pid ${pid}) was stopped and does nothing: \`kill -CONT ${pid}\` lets it go on`);
    if (before >= 2 && this.#stoppedLooks === 0) this.#tell(`the worker (pid ${pid}) goes on`);
  }

  /** Again each time that the silence has doubled. */
  #tellSilence(pid: number | null): void {
    if (this.#silentMs < this.#toldAtMs) return;
    const { stuckAfterMs } = this.#limits;
    const then =
      stuckAfterMs === null
        ? 'it is waited for (execution.stuckAfterSeconds would end it)'
        : `it is ended after ${formatDuration(stuckAfterMs)}`;
    const who = pid === null ? 'the stage' : `the worker (pid ${pid})`;
    this.#tell(`no step, metric or note for ${formatDuration(this.#silentMs)} from ${who}: ${then}`);
    this.#toldAtMs = 2 * this.#silentMs;
  }

  #overdue(): Overdue | null {
    const { timeoutMs, stuckAfterMs } = this.#limits;
    if (stuckAfterMs !== null && this.#silentMs >= stuckAfterMs)
      return {
        errorClass: 'stuck',
        message: `it made no progress for ${formatDuration(stuckAfterMs)} (execution.stuckAfterSeconds)`,
        hint: 'See the log; where a stage may be silent for longer, raise execution.stuckAfterSeconds.',
      };
    if (timeoutMs === null || this.#ranMs < timeoutMs) return null;
    return {
      errorClass: 'timeout',
      message: `it ran for longer than ${formatDuration(timeoutMs)} (execution.stageTimeoutSeconds)`,
      hint: 'Run the same command again: it continues from what was saved. Or raise execution.stageTimeoutSeconds.',
    };
  }
}
