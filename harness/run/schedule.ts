/**
 * Which stage may start next, and what a stage's end means for those behind it. Bookkeeping only: no files, no clock,
 * no processes.
 */
import type { PlannedStage } from '../plan/stage.ts';
import { stageKind } from '../stages/index.ts';

/**
 * `cached`: done before this sweep; `completed`: done by it; `blocked`: an input failed, diverged or was cancelled, or
 * all that need it were stopped by contaminated data.
 */
export type StageStatus =
  'pending' | 'running' | 'cached' | 'completed' | 'diverged' | 'failed' | 'cancelled' | 'blocked';

const blocking: ReadonlySet<StageStatus> = new Set(['diverged', 'failed', 'cancelled', 'blocked']);

const usable: ReadonlySet<StageStatus> = new Set(['cached', 'completed']);

export class Schedule {
  readonly stages: readonly PlannedStage[];
  readonly #status = new Map<string, StageStatus>();
  readonly #dependants = new Map<string, string[]>();
  /** Blocked by divergence alone: that is as deterministic as the divergence. */
  readonly #lostToDivergence = new Set<string>();

  /**
   * @param stages In the order in which those that are ready start; inputs before those who use them.
   */
  constructor(stages: readonly PlannedStage[]) {
    this.stages = stages;
    for (const stage of stages) {
      for (const input of Object.values(stage.inputs)) {
        if (!this.#status.has(input)) throw new Error(`the plan lists ${stage.id} before its input ${input}`);
        this.#dependants.get(input)?.push(stage.id);
      }
      this.#status.set(stage.id, 'pending');
      this.#dependants.set(stage.id, []);
    }
  }

  statusOf(id: string): StageStatus {
    const status = this.#status.get(id);
    if (status === undefined) throw new Error(`${id} is not in the plan`);
    return status;
  }

  has(id: string): boolean {
    return this.#status.has(id);
  }

  /**
   * A stage that failed, diverged or was cancelled blocks what depends on it, and nothing else; a stage that tolerates
   * diverged inputs only when no other is left.
   */
  set(id: string, status: StageStatus): void {
    this.#status.set(id, status);
    if (status === 'diverged') this.#lostToDivergence.add(id);
    if (blocking.has(status)) this.#blockDependants(id);
    if (status === 'failed' && this.#kindOf(id) === 'contamination') this.#blockUnneeded();
  }

  /** The inputs a stage gets: all of them, less those it tolerates to lose. */
  inputsOf(stage: PlannedStage): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(stage.inputs).filter(([, input]) => !this.#lostToDivergence.has(input)));
  }

  /**
   * The first stage whose inputs are all there. A stage that has to be run again waits until nobody reads its old
   * outputs.
   */
  next(): PlannedStage | null {
    return this.stages.find((stage) => this.#isReady(stage)) ?? null;
  }

  /** All stages that could start now. */
  ready(): readonly PlannedStage[] {
    return this.stages.filter((stage) => this.#isReady(stage));
  }

  count(status: StageStatus): number {
    return this.stages.reduce((total, stage) => total + (this.statusOf(stage.id) === status ? 1 : 0), 0);
  }

  #isReady(stage: PlannedStage): boolean {
    return (
      this.statusOf(stage.id) === 'pending' &&
      Object.values(stage.inputs).every(
        (input) => usable.has(this.statusOf(input)) || (toleratesDiverged(stage) && this.#lostToDivergence.has(input)),
      ) &&
      !(this.#dependants.get(stage.id) ?? []).some((dependant) => this.statusOf(dependant) === 'running')
    );
  }

  #blockDependants(id: string): void {
    for (const dependant of this.#dependants.get(id) ?? []) {
      if (this.statusOf(dependant) !== 'pending' || this.#goesOnWithout(dependant, id)) continue;
      if (this.#lostToDivergence.has(id)) this.#lostToDivergence.add(dependant);
      this.set(dependant, 'blocked');
    }
  }

  /**
   * Contaminated data stop a trial before its training, the backbone's included: that could not be used for this task.
   * After any other failure what can run does run, for the next sweep needs it.
   */
  #blockUnneeded(): void {
    for (const { id } of this.stages.toReversed()) {
      const dependants = this.#dependants.get(id) ?? [];
      const isNeeded = dependants.length === 0 || dependants.some((other) => this.statusOf(other) !== 'blocked');
      if (!isNeeded && this.statusOf(id) === 'pending') this.#status.set(id, 'blocked');
    }
  }

  #kindOf(id: string): string | undefined {
    return this.stages.find((stage) => stage.id === id)?.kind;
  }

  #goesOnWithout(dependant: string, input: string): boolean {
    const stage = this.stages.find(({ id }) => id === dependant);
    return (
      stage !== undefined &&
      toleratesDiverged(stage) &&
      this.#lostToDivergence.has(input) &&
      Object.keys(this.inputsOf(stage)).length > 0
    );
  }
}

function toleratesDiverged({ kind }: PlannedStage): boolean {
  return stageKind(kind)?.toleratesDiverged ?? false;
}
