/**
 * An attempt that runs now, under watch. It can be ended by itself, while all others go on: because it takes too long,
 * because it is stuck, or because a person wants it so.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Slot } from '../launch/index.ts';
import { identityOf, livenessOf, stageFiles, type FailedOutcome, type ProcessIdentity } from '../store/index.ts';
import { StageWatch, type WatchLimits } from './stage-watch.ts';

/** What is recorded of an attempt that was ended from here. */
export interface Ending {
  readonly outcome: FailedOutcome | { readonly kind: 'cancelled' };
  readonly hint: string | null;
}

export interface RunningLimits extends WatchLimits {
  readonly everyMs: number;
  /** Time to save, before its process is killed. */
  readonly stopGraceMs: number;
  /** The same for one that does nothing. */
  readonly stuckGraceMs: number;
}

export class RunningStage {
  readonly #folder: string;
  readonly #slot: Slot;
  readonly #limits: RunningLimits;
  readonly #tell: (notice: string) => void;
  readonly #watch: StageWatch;
  readonly #timer: NodeJS.Timeout;
  #killer: NodeJS.Timeout | null = null;
  #identity: ProcessIdentity | null = null;
  #lookedMs = performance.now();
  #ending: Ending | null = null;

  constructor(folder: string, slot: Slot, limits: RunningLimits, tell: (notice: string) => void) {
    this.#folder = folder;
    this.#slot = slot;
    this.#limits = limits;
    this.#tell = tell;
    this.#watch = new StageWatch(limits, tell);
    this.#timer = setInterval(() => this.#look(), limits.everyMs);
  }

  /** Why it was ended from here; null where it was not. */
  get ending(): Ending | null {
    return this.#ending;
  }

  heard(): void {
    this.#watch.heard();
  }

  cancel(): void {
    this.#end({ outcome: { kind: 'cancelled' }, hint: null }, this.#limits.stopGraceMs);
  }

  /** It has ended. */
  close(): void {
    clearInterval(this.#timer);
    if (this.#killer !== null) clearTimeout(this.#killer);
  }

  #look(): void {
    const now = performance.now();
    const passedMs = Math.min(now - this.#lookedMs, 2 * this.#limits.everyMs);
    this.#lookedMs = now;
    if (this.#slot.isWaiting === true) return;
    const { pid } = this.#slot;
    if (pid !== null && pid !== this.#identity?.pid) this.#identity = identityOf(pid);
    const overdue = this.#watch.look(
      {
        pid,
        liveness: this.#identity === null ? 'unseen' : livenessOf(this.#identity),
        journalBytes: sizeOf(join(this.#folder, stageFiles.journal)),
      },
      passedMs,
    );
    if (overdue === null) return;
    const { errorClass, message, hint } = overdue;
    this.#tell(`${message}: it is asked to save and leave`);
    const graceMs = errorClass === 'stuck' ? this.#limits.stuckGraceMs : this.#limits.stopGraceMs;
    this.#end({ outcome: { kind: 'failed', errorClass, message, detail: null }, hint }, graceMs);
  }

  #end(ending: Ending, graceMs: number): void {
    if (this.#ending !== null) return;
    this.#ending = ending;
    clearInterval(this.#timer);
    this.#slot.stop();
    this.#killer = setTimeout(() => this.#slot.kill(), graceMs);
  }
}

/** 0 where it is not there, or cannot be looked at just now. */
function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
