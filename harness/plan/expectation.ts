/** What a plan is expected to take, as data: worked out by the room that may read records, shown by this one. */
import type { StageTime } from './predict-time.ts';
import type { WallTime } from './wall-time.ts';

export interface PlanExpectation {
  /** Stage id -> its time, of every stage of the plan. */
  readonly stages: ReadonlyMap<string, StageTime>;
  /** Of the stages that will run, on all workers. */
  readonly wall: WallTime;
  readonly low: number;
  readonly high: number;
  readonly workers: number;
  /** Stages recorded on this machine that were looked at. */
  readonly recordedStages: number;
  /** Stage id -> peak bytes of its worker; training stages only. */
  readonly memory: ReadonlyMap<string, number>;
  readonly availableMemory: { readonly bytes: number; readonly source: string };
}

export interface MemorySummary {
  /** Of the largest stage that will run. */
  readonly peakBytes: number;
  readonly largestStage: string | null;
  /** The largest stages that will run, one a worker, at once. */
  readonly allWorkersBytes: number;
  readonly availableBytes: number;
  readonly fits: boolean;
}

export function memorySummary(
  { memory, availableMemory, workers }: Pick<PlanExpectation, 'memory' | 'availableMemory' | 'workers'>,
  willRun: (id: string) => boolean,
): MemorySummary {
  const needs = largestNeeds(
    [...memory].filter(([id]) => willRun(id)),
    workers,
  );
  const allWorkersBytes = needs.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    peakBytes: needs[0]?.bytes ?? 0,
    largestStage: needs[0]?.id ?? null,
    allWorkersBytes,
    availableBytes: availableMemory.bytes,
    fits: allWorkersBytes <= availableMemory.bytes,
  };
}

export interface MemoryNeed {
  readonly id: string;
  readonly bytes: number;
}

/** The largest of these stages, one a worker: the most that workers need at once. */
export function largestNeeds(
  memory: Iterable<readonly [id: string, bytes: number]>,
  workers: number,
): readonly MemoryNeed[] {
  const needs = Array.from(memory, ([id, bytes]): MemoryNeed => ({ id, bytes }));
  return needs.toSorted((a, b) => b.bytes - a.bytes).slice(0, workers);
}
