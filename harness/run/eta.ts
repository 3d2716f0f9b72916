/**
 * Remaining time: what was predicted before the start, corrected by what this sweep has timed itself (per kind, then
 * over all kinds). Without a prediction, from this sweep's own times alone (per kind, time per step), and then there is
 * no guess while a kind that is still to run was never timed.
 */
import { wallTime } from '../plan/index.ts';
import type { PlannedStage } from '../plan/stage.ts';
import type { Schedule } from './schedule.ts';

const stepsOf = (stage: PlannedStage): number => Math.max(1, stage.cost.steps ?? 1);
/**
 * Above this many stages the order in which workers take them is no longer played through: it is asked for several
 * times a second.
 */
const mostSimulated = 1000;

interface Timed {
  readonly ms: number;
  readonly weight: number;
}

export class Eta {
  readonly #expectedSeconds: ReadonlyMap<string, number> | null;
  readonly #timed = new Map<string, Timed>();
  readonly #fractionDone = new Map<string, number>();

  constructor(expectedSeconds: ReadonlyMap<string, number> | null = null) {
    this.#expectedSeconds = expectedSeconds;
  }

  finished(stage: PlannedStage, durationMs: number): void {
    for (const key of [stage.kind, 'all']) {
      const before = this.#timed.get(key) ?? { ms: 0, weight: 0 };
      this.#timed.set(key, { ms: before.ms + durationMs, weight: before.weight + this.#weightOf(stage) });
    }
    this.#fractionDone.delete(stage.id);
  }

  progressed(stageId: string, fraction: number): void {
    this.#fractionDone.set(stageId, fraction);
  }

  /**
   * Milliseconds for all that is pending or running, as the workers will share it; null where a kind among it can
   * neither be predicted nor was timed.
   */
  remainingMs(schedule: Schedule, workers: number): number | null {
    const left = new Map<string, number>();
    for (const stage of schedule.stages) {
      const status = schedule.statusOf(stage.id);
      if (status !== 'pending' && status !== 'running') continue;
      const perWeight = this.#msPerWeight(stage.kind);
      if (perWeight === null) return null;
      left.set(stage.id, (1 - (this.#fractionDone.get(stage.id) ?? 0)) * this.#weightOf(stage) * perWeight);
    }
    if (left.size > mostSimulated) return [...left.values()].reduce((sum, ms) => sum + ms, 0) / workers;
    return wallTime(schedule.stages, workers, ({ id }) => left.get(id) ?? null).seconds;
  }

  /** Predicted milliseconds, else steps. */
  #weightOf(stage: PlannedStage): number {
    const seconds = this.#expectedSeconds?.get(stage.id);
    return seconds === undefined ? stepsOf(stage) : 1000 * seconds;
  }

  #msPerWeight(kind: string): number | null {
    const timed = this.#timed.get(kind) ?? (this.#expectedSeconds === null ? undefined : this.#timed.get('all'));
    if (timed !== undefined && timed.weight > 0) return timed.ms / timed.weight;
    return this.#expectedSeconds === null ? null : 1;
  }
}
