/**
 * The wall time of a sweep: its stages on as many workers as there are, each free worker taking the first stage whose
 * inputs are done, as the conductor does. Not the sum over workers: a trunk that everything waits for leaves a worker
 * idle.
 */
import type { PlannedStage } from './stage.ts';

export interface WallTime {
  readonly seconds: number;
  /** Stages that cannot overlap: what more workers cannot shorten. */
  readonly criticalSeconds: number;
  /** All stages one after another. */
  readonly workSeconds: number;
}

/** @param stages In plan order. @param secondsOf null = does not run: its outputs are there, or never will be. */
export function wallTime(
  stages: readonly PlannedStage[],
  workers: number,
  secondsOf: (stage: PlannedStage) => number | null,
): WallTime {
  const toRun = stages.flatMap((stage) => {
    const seconds = secondsOf(stage);
    return seconds === null ? [] : [{ id: stage.id, inputs: Object.values(stage.inputs), seconds }];
  });
  return {
    seconds: simulate(toRun, workers),
    criticalSeconds: longestChain(toRun),
    workSeconds: toRun.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

interface Task {
  readonly id: string;
  readonly inputs: readonly string[];
  readonly seconds: number;
}

function simulate(tasks: readonly Task[], workers: number): number {
  const waiting = [...tasks];
  const unfinished = new Set(tasks.map(({ id }) => id));
  const running = new Map<string, number>();
  for (let now = 0; ;) {
    for (
      let index = nextReady(waiting, unfinished);
      running.size < workers && index !== -1;
      index = nextReady(waiting, unfinished)
    ) {
      const [task] = waiting.splice(index, 1) as [Task];
      running.set(task.id, now + task.seconds);
    }
    if (running.size === 0) return now;
    now = Math.min(...running.values());
    for (const [id, end] of running) {
      if (end > now) continue;
      unfinished.delete(id);
      running.delete(id);
    }
  }
}

function nextReady(waiting: readonly Task[], unfinished: ReadonlySet<string>): number {
  return waiting.findIndex(({ inputs }) => inputs.every((input) => !unfinished.has(input)));
}

function longestChain(tasks: readonly Task[]): number {
  const ends = new Map<string, number>();
  for (const { id, inputs, seconds } of tasks)
    ends.set(id, seconds + Math.max(0, ...inputs.map((input) => ends.get(input) ?? 0)));
  return Math.max(0, ...ends.values());
}
