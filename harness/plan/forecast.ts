/**
 * What is left of a sweep, in seconds: the one estimate that `plan` shows before the start and the sweep shows while it
 * runs. Pure: the records and the clock are the caller's.
 */
import type { StageWork } from '../stages/index.ts';
import { timePredictor, type StageTime, type TimedStage } from './predict-time.ts';
import type { PlannedStage } from './stage.ts';
import { StageGraph, type WallTime } from './wall-time.ts';

/** What a forecast rests on. */
export interface ForecastBasis {
  /** In execution order. */
  readonly stages: readonly PlannedStage[];
  /** Stage id -> what it has to do, of every stage. */
  readonly works: ReadonlyMap<string, StageWork>;
  readonly timed: readonly TimedStage[];
  readonly workers: number;
}

/** How far a stage is that is pending or running. */
export interface StageProgress {
  /** Share of its steps that is done; 0 for a stage that does not tell. */
  readonly fraction: number;
  readonly elapsedSeconds: number;
}

export const notStarted: StageProgress = { fraction: 0, elapsedSeconds: 0 };

export interface Forecast {
  /** Stage id -> its whole time, of every stage. */
  readonly stages: ReadonlyMap<string, StageTime>;
  readonly wall: WallTime;
  readonly low: number;
  readonly high: number;
}

/** @param progressOf null = the stage does not run: it is done, or will never run. */
export function forecast(basis: ForecastBasis, progressOf: (id: string) => StageProgress | null): Forecast {
  const predict = timePredictor(basis.timed);
  const stages = new Map<string, StageTime>();
  for (const [id, work] of basis.works) stages.set(id, predict(work));
  const left = basis.stages.map(({ id }) => ({ time: stages.get(id) as StageTime, progress: progressOf(id) }));
  const graph = new StageGraph(basis.stages);
  const wallOf = (pick: (time: StageTime) => number): WallTime =>
    graph.wallTime(
      basis.workers,
      left.map(({ time, progress }) => (progress === null ? null : secondsLeft(pick(time), progress))),
    );
  return {
    stages,
    wall: wallOf(({ seconds }) => seconds),
    low: wallOf(({ low }) => low).seconds,
    high: wallOf(({ high }) => high).seconds,
  };
}

/** A stage that takes longer than predicted is taken to need some more: a tenth of what it has taken. */
function secondsLeft(predicted: number, { fraction, elapsedSeconds }: StageProgress): number {
  return fraction > 0 ? (1 - fraction) * predicted : Math.max(predicted - elapsedSeconds, elapsedSeconds / 10);
}
