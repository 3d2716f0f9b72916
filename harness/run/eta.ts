/** Remaining time from what this sweep has timed itself: per kind, time per step (per stage, for kinds without steps). No guess where nothing was timed. */
import type { PlannedStage } from '../plan/stage.ts';
import type { Schedule } from './schedule.ts';

const weightOf = (stage: PlannedStage): number => Math.max(1, stage.cost.steps ?? 1);

export class Eta {
  readonly #timed = new Map<string, { readonly ms: number; readonly weight: number }>();
  readonly #fractionDone = new Map<string, number>();

  finished(stage: PlannedStage, durationMs: number): void {
    const before = this.#timed.get(stage.kind) ?? { ms: 0, weight: 0 };
    this.#timed.set(stage.kind, { ms: before.ms + durationMs, weight: before.weight + weightOf(stage) });
    this.#fractionDone.delete(stage.id);
  }

  progressed(stageId: string, fraction: number): void {
    this.#fractionDone.set(stageId, fraction);
  }

  /** Milliseconds for all that is pending or running, shared evenly among the workers; null while a kind among them has never been timed. */
  remainingMs(schedule: Schedule, workers: number): number | null {
    let total = 0;
    for (const stage of schedule.stages) {
      const status = schedule.statusOf(stage.id);
      if (status !== 'pending' && status !== 'running') continue;
      const timed = this.#timed.get(stage.kind);
      if (timed === undefined) return null;
      total += (1 - (this.#fractionDone.get(stage.id) ?? 0)) * weightOf(stage) * (timed.ms / timed.weight);
    }
    return total / workers;
  }
}
