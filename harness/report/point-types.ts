/** A point of an arm, and a mean measured there. Types only. */
import type { Arm } from '../kinds/arms.ts';
import type { Interval } from '../stats/index.ts';

/**
 * Where an arm stands: which pretraining, how much of it, and (only where the sweep varies something else within an
 * arm) which variant.
 */
export interface ArmPoint {
  readonly arm: Arm;
  readonly pretrainPairs: number;
  readonly variant: string;
}

interface SeedValue {
  readonly seed: number;
  readonly value: number;
  /** Absent where it is no single trial's. */
  readonly trialId?: string;
}

/** A mean over seeds with all its points. `interval` is null for one seed or without spread. */
export interface Estimate {
  readonly mean: number;
  readonly interval: Interval | null;
  readonly n: number;
  readonly values: readonly SeedValue[];
}
