/**
 * The wall time of a sweep: its stages on as many workers as there are. Each free worker takes the first stage in
 * execution order whose inputs are done, as the conductor does. This is more than the work divided by the workers,
 * because a worker is idle while everything left waits for one trunk.
 */
import type { PlannedStage } from './stage.ts';

export interface WallTime {
  readonly seconds: number;
  /** Stages that cannot overlap: what more workers cannot shorten. */
  readonly criticalSeconds: number;
  /** All stages one after another. */
  readonly workSeconds: number;
}

/** null = the stage does not run: its outputs are there, or never will be. */
export type SecondsOf = (stage: PlannedStage) => number | null;

/** @param stages In execution order. */
export function wallTime(stages: readonly PlannedStage[], workers: number, secondsOf: SecondsOf): WallTime {
  const tasks = tasksOf(stages, secondsOf);
  return {
    seconds: Math.max(0, ...simulate(tasks, workers).values()),
    criticalSeconds: longestChain(tasks),
    workSeconds: tasks.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** Stage id -> seconds after the start at which it ends; of stages that run. @param stages In execution order. */
export function endTimes(
  stages: readonly PlannedStage[],
  workers: number,
  secondsOf: SecondsOf,
): ReadonlyMap<string, number> {
  return simulate(tasksOf(stages, secondsOf), workers);
}

interface Task {
  readonly id: string;
  readonly inputs: readonly string[];
  readonly seconds: number;
}

/** Inputs that do not run are waited for by nobody. */
function tasksOf(stages: readonly PlannedStage[], secondsOf: SecondsOf): readonly Task[] {
  const timed = stages.flatMap((stage) => {
    const seconds = secondsOf(stage);
    return seconds === null ? [] : [{ stage, seconds }];
  });
  const running = new Set(timed.map(({ stage }) => stage.id));
  return timed.map(({ stage, seconds }) => ({
    id: stage.id,
    inputs: [...new Set(Object.values(stage.inputs))].filter((input) => running.has(input)),
    seconds,
  }));
}

function simulate(tasks: readonly Task[], workers: number): ReadonlyMap<string, number> {
  const queue = new ReadyQueue(tasks);
  const running = new Map<number, number>();
  const ends = new Map<string, number>();
  for (let now = 0; ;) {
    for (let task = 0; running.size < workers && (task = queue.take()) !== -1;)
      running.set(task, now + (tasks[task] as Task).seconds);
    if (running.size === 0) return ends;
    now = Math.min(...running.values());
    for (const [task, end] of running) {
      if (end > now) continue;
      running.delete(task);
      ends.set((tasks[task] as Task).id, end);
      queue.finish(task);
    }
  }
}

/** Numbers of the tasks whose inputs have ended. It is asked many times a second over a thousand stages. */
class ReadyQueue {
  readonly #ready: number[] = [];
  readonly #missing: number[];
  readonly #dependants: readonly number[][];

  constructor(tasks: readonly Task[]) {
    const numbers = new Map(tasks.map(({ id }, number) => [id, number]));
    this.#dependants = tasks.map(() => []);
    this.#missing = tasks.map(({ inputs }) => inputs.length);
    for (const [number, { inputs }] of tasks.entries()) {
      for (const input of inputs) this.#dependants[numbers.get(input) as number]?.push(number);
      if (inputs.length === 0) this.#ready.push(number);
    }
  }

  /** The first one that is ready, -1 if none is. */
  take(): number {
    return this.#ready.shift() ?? -1;
  }

  finish(task: number): void {
    for (const dependant of this.#dependants[task] as readonly number[]) {
      const missing = (this.#missing[dependant] as number) - 1;
      this.#missing[dependant] = missing;
      if (missing === 0) this.#insert(dependant);
    }
  }

  #insert(task: number): void {
    const at = this.#ready.findIndex((other) => other > task);
    this.#ready.splice(at === -1 ? this.#ready.length : at, 0, task);
  }
}

function longestChain(tasks: readonly Task[]): number {
  const ends = new Map<string, number>();
  for (const { id, inputs, seconds } of tasks)
    ends.set(id, seconds + Math.max(0, ...inputs.map((input) => ends.get(input) ?? 0)));
  return Math.max(0, ...ends.values());
}
