/** What naming needs of a plan. Types only, shared by plans and their records. */
/** A plan has all of it; plan.json has the names themselves instead of configs. */
export interface NamedPlan {
  readonly stages: readonly NamedStage[];
  readonly trials: readonly NamedTrial[];
}

export interface NamedStage {
  readonly id: string;
  readonly kind: string;
  /** As recorded by the sweep; it is taken as it is. */
  readonly name?: string | null;
  readonly config?: unknown;
  readonly inputs?: Readonly<Record<string, string>>;
}

export interface NamedTrial {
  readonly seed: number;
  readonly axes: NamedAxes;
  readonly stages: readonly string[];
  readonly evaluate: string;
  readonly baseline: string;
}

export interface NamedAxes {
  readonly model?: unknown;
  readonly arm?: unknown;
  readonly pretrainPairs?: unknown;
  readonly task?: unknown;
  readonly samples?: unknown;
  readonly declared?: unknown;
}
