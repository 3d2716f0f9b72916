/**
 * The wall time of a sweep: its stages on as many workers as there are. Each free worker takes the first stage in
 * execution order whose inputs are done, as the conductor does. This is more than the work divided by the workers,
 * because a worker is idle while everything left waits for one trunk.
 */
import { LeastFirst } from './least-first.ts';
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
  return new StageGraph(stages).wallTime(workers, stages.map(secondsOf));
}

/** Stage id -> seconds after the start at which it ends; of stages that run. @param stages In execution order. */
export function endTimes(
  stages: readonly PlannedStage[],
  workers: number,
  secondsOf: SecondsOf,
): ReadonlyMap<string, number> {
  const ends = new StageGraph(stages).endTimes(workers, stages.map(secondsOf));
  return new Map(stages.flatMap(({ id }, stage) => (ends[stage] === null ? [] : [[id, ends[stage] ?? 0]])));
}

/** By position of the stage; null where it does not run. */
type Seconds = readonly (number | null)[];

/** Which stage waits for which: built once for the several times of a forecast. Stages are numbered by position. */
export class StageGraph {
  readonly #inputs: readonly (readonly number[])[];
  readonly #users: readonly (readonly number[])[];

  /** @param stages In execution order. */
  constructor(stages: readonly PlannedStage[]) {
    const positions = new Map(stages.map(({ id }, position) => [id, position]));
    this.#inputs = stages.map(({ inputs }) => positionsOf(inputs, positions));
    this.#users = usersOf(this.#inputs);
  }

  wallTime(workers: number, seconds: Seconds): WallTime {
    return {
      seconds: latest(this.endTimes(workers, seconds)),
      criticalSeconds: latest(this.#chains(seconds)),
      workSeconds: seconds.reduce<number>((sum, one) => sum + (one ?? 0), 0),
    };
  }

  /** Seconds after the start at which each stage ends. */
  endTimes(workers: number, seconds: Seconds): Seconds {
    const { ready, missing } = this.#waiting(seconds);
    const running = new Map<number, number>();
    const ends: (number | null)[] = seconds.map(() => null);
    for (let now = 0; ;) {
      for (let stage; running.size < workers && (stage = ready.take()) !== null;)
        running.set(stage, now + (seconds[stage] ?? 0));
      if (running.size === 0) return ends;
      now = Math.min(...running.values());
      for (const [stage, end] of running) {
        if (end > now) continue;
        running.delete(stage);
        ends[stage] = end;
        for (const user of this.#users[stage] ?? []) {
          missing[user] = (missing[user] ?? 0) - 1;
          if (missing[user] === 0) ready.add(user);
        }
      }
    }
  }

  /** Inputs that do not run are waited for by nobody. */
  #waiting(seconds: Seconds): { readonly ready: LeastFirst; readonly missing: number[] } {
    const ready = new LeastFirst();
    const missing = this.#inputs.map((inputs, stage) => {
      // What does not run never becomes ready.
      if (seconds[stage] === null) return Infinity;
      const waitedFor = inputs.filter((input) => seconds[input] !== null).length;
      if (waitedFor === 0) ready.add(stage);
      return waitedFor;
    });
    return { ready, missing };
  }

  /** When each stage would end with a worker for all of them. */
  #chains(seconds: Seconds): Seconds {
    const ends: (number | null)[] = [];
    for (const [stage, inputs] of this.#inputs.entries()) {
      const own = seconds[stage] ?? null;
      ends.push(own === null ? null : own + inputs.reduce((start, input) => Math.max(start, ends[input] ?? 0), 0));
    }
    return ends;
  }
}

/** Each once. An input that is not among the stages is waited for by nobody. */
function positionsOf(
  inputs: Readonly<Record<string, string>>,
  positions: ReadonlyMap<string, number>,
): readonly number[] {
  return [...new Set(Object.values(inputs).flatMap((id) => positions.get(id) ?? []))];
}

function usersOf(inputs: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const users: number[][] = inputs.map(() => []);
  for (const [stage, own] of inputs.entries()) for (const input of own) users[input]?.push(stage);
  return users;
}

/** 0 where none runs. A plan has more stages than a call takes arguments. */
function latest(ends: Seconds): number {
  return ends.reduce<number>((last, end) => Math.max(last, end ?? 0), 0);
}
