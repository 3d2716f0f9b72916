/** A point of a sweep, as a draft and when done. Types only. */
import type { Label, SweepAssignment } from './axis.ts';
import type { Scalar } from './located.ts';
import type { ResolvedTrial } from './section-resolver.ts';
import type { TrialSpec } from './format.ts';
import type { CanonicalAxes } from './trial-spec.ts';

/** One point of the sweep, without its seed. Equal sections of different points are the same frozen object. */
export interface SweepPoint {
  /** The author's own labels: axis -> case or value. */
  readonly declared: Readonly<Record<string, Label>>;
  /** With `select`, the paths to be chosen hold the first value of `select.over` as a placeholder. */
  readonly spec: TrialSpec;
  readonly axes: CanonicalAxes;
  /** Seeds left out at this point by `exclude`. */
  readonly excludedSeeds: ReadonlySet<number>;
  /**
   * How this point's hyperparameters are chosen; null without `select`. Points that share a choice share the object.
   */
  readonly tuning: Tuning | null;
}

export interface TuningCandidate {
  readonly values: Readonly<Record<string, Scalar>>;
  readonly spec: TrialSpec;
}

export interface Tuning {
  /** Of its runs: the mean over them decides. */
  readonly seeds: readonly number[];
  /** Dotted paths whose value is chosen. */
  readonly paths: readonly string[];
  /** In the order of `over`: the order that decides ties. */
  readonly candidates: readonly TuningCandidate[];
}

/** Not validated yet: `axes` is null where a section did not parse. */
export interface DraftPoint {
  readonly declared: Readonly<Record<string, Label>>;
  readonly assignments: readonly SweepAssignment[];
  readonly resolved: ResolvedTrial;
  readonly axes: CanonicalAxes | null;
  readonly excludedSeeds: ReadonlySet<number>;
}
