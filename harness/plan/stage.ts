/**
 * What a plan is made of: stages (fingerprinted units of work) and trials (points of the sweep, each a chain of
 * stages). Types only.
 */
import type { PairLengths } from '../kinds/index.ts';
import type { CanonicalAxes } from '../spec/index.ts';
import type { StageConfigs, StageName } from '../stages/index.ts';
import type { Locations } from '../store/index.ts';

export type { StageConfigs, StageName };

/**
 * sha256 over the canonical JSON of (kind, kind version, config, fingerprints of the inputs); lower-case hex, 64
 * characters. One input is left out: `previous` of `pretrain`. Resuming is exact, so the trunk at a fork is a function
 * of config, pairs and seed alone, and `previous` only a shortcut to it; so a budget added between two others changes
 * no fingerprint.
 */
export type Fingerprint = string & { readonly __brand: 'Fingerprint' };

/** A stage of any kind, as planned: its config, its inputs and its fingerprint. */
export type PlannedStage = { [K in StageName]: PlannedStageOf<K> }[StageName];

export interface PlannedStageOf<K extends StageName> {
  /** `<kind>-<first 12 hex digits of the fingerprint>`: also the name of its folder under results/store/. */
  readonly id: string;
  readonly kind: K;
  readonly fingerprint: Fingerprint;
  readonly config: StageConfigs[K];
  /** Section -> where its data lies on this machine; absent where nothing lies anywhere. No identity. */
  readonly locations?: Locations;
  /** Input name -> stage id. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly cost: StageCost;
}

/**
 * Derived, never identity. null = does not apply; `isEstimate`: steps follow from data that is not read while planning.
 */
export interface StageCost {
  readonly steps: number | null;
  readonly pairs: number | null;
  readonly paramsTotal: number | null;
  readonly paramsNonEmbedding: number | null;
  /** Forward + backward. */
  readonly trainFlops: number | null;
  /** Forward alone, of all that is scored. */
  readonly scoreFlops: number | null;
  /** Of a pair that is trained on. */
  readonly tokens: PairTokens | null;
  readonly isEstimate: boolean;
}

/** Mean tokens of a pair as its step reads it: `rejected` is 0 where it is left out. */
export interface PairTokens extends PairLengths {
  /** Those that the LM loss predicts. */
  readonly labels: number;
}

/**
 * Where a trial stands: the canonical axes, always present and derived from its resolved spec; `declared` holds the
 * author's own labels.
 */
export interface TrialAxes extends CanonicalAxes {
  readonly declared: Readonly<Record<string, string | number>>;
}

/** One point of the sweep with its seed, and the stages that it needs. */
export interface PlannedTrial {
  /** First 12 hex digits of sha256 over (experiment name, fingerprints of its last stages, seed). */
  readonly id: string;
  readonly seed: number;
  readonly axes: TrialAxes;
  /**
   * All stages it needs, tuning runs and earlier trunk segments included, in execution order; the last is its
   * `evaluate` on test.
   */
  readonly stages: readonly string[];
  readonly evaluate: string;
  readonly baseline: string;
}

export interface ExcludedPoint {
  readonly axes: Readonly<Record<string, string | number>>;
  readonly rule: string;
}

/** What a sweep of an experiment would do: stages in the order in which trials need them, and the trials. */
export interface Plan {
  readonly experiment: string;
  readonly question: string;
  /** Topological order, and in the order in which trials first need them. */
  readonly stages: readonly PlannedStage[];
  readonly trials: readonly PlannedTrial[];
  readonly excluded: readonly ExcludedPoint[];
  /** Points that two spellings gave twice: kept once. */
  readonly duplicates: number;
}
