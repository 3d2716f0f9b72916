/**
 * What a plan is made of: stages (fingerprinted units of work) and trials (points of the sweep, each a chain of
 * stages). Types only.
 */
import type {
  CorpusSpec,
  EvaluateSpec,
  FinetuneSpec,
  ModelSpec,
  PairsSpec,
  PretrainObjective,
  PretrainSpec,
  TaskSpec,
  TokenizerSpec,
} from '../spec/experiment-schema.ts';
import type { CanonicalAxes } from '../spec/index.ts';

/**
 * sha256 over the canonical JSON of (kind, kind version, config, fingerprints of the inputs); lower-case hex, 64
 * characters. One input is left out: `previous` of `pretrain`. Resuming is exact, so the trunk at a fork is a function
 * of config, pairs and seed alone, and `previous` only a shortcut to it; so a budget added between two others changes
 * no fingerprint.
 */
export type Fingerprint = string & { readonly __brand: 'Fingerprint' };

/**
 * The resolved config of each stage kind: everything that bears identity, nothing of execution.
 * Inputs (by name -> stage id) are listed behind each kind; `?` = may be absent.
 */
export interface StageConfigs {
  /** inputs: none. Installs the pinned packages and cuts functions out. */
  readonly corpus: { readonly corpus: CorpusSpec; readonly lockDigest: string };
  /** inputs: corpus */
  readonly tokenizer: { readonly tokenizer: TokenizerSpec };
  /** inputs: corpus, tokenizer. Pairs in a seeded order, as text and encoded; plus the held-out pairs. */
  readonly pairs: { readonly pairs: PairsSpec; readonly contextLength: number };
  /**
   * inputs: tokenizer. Train/dev/test pairs and the candidate pool, as text and encoded. `dataDigest`: sha256 of the
   * raw files, null for generated tasks.
   */
  readonly task: { readonly task: TaskSpec; readonly contextLength: number; readonly dataDigest: string | null };
  /**
   * inputs: pairs, previous? (the pretrain stage this one continues, exactly). One segment of the trunk: trains to the
   * step where the fork for `until` begins to decay (wsd), or to the end (cosine, always without `previous`).
   */
  readonly pretrain: PretrainConfig;
  /** inputs: pairs, trunk (pretrain). The WSD decay from the fork point to the end of `until`. */
  readonly decay: PretrainConfig;
  /**
   * inputs: task, backbone? (decay, or pretrain for cosine; absent = random init), select? (paths in `selected` take
   * their value from it). At the paths in `selected`, `finetune` holds the first value of `select.over`: a placeholder.
   */
  readonly finetune: {
    readonly model: ModelSpec;
    readonly vocabSize: number;
    readonly finetune: FinetuneSpec;
    readonly selected: readonly string[];
    readonly seed: number;
  };
  /**
   * inputs: task, backbone?. Random, longest, shortest, majority, pass@N, untrained head; and the backbone's own head,
   * if it was preference-pretrained.
   */
  readonly baseline: {
    readonly model: ModelSpec;
    readonly vocabSize: number;
    readonly evaluate: EvaluateSpec;
    readonly zeroShot: boolean;
    readonly seed: number;
  };
  /**
   * inputs: task, model (finetune). Scores the split; best-of-N on `test` only, so on dev `bestOf` is always [1] and
   * the choice does not hang on it.
   */
  readonly evaluate: { readonly evaluate: EvaluateSpec; readonly split: 'dev' | 'test' };
  /**
   * inputs: candidate-0, candidate-1, ... (evaluate on dev). Chooses by dev pairwise accuracy, ties by lower dev
   * pairwise loss, then by list order.
   */
  readonly select: {
    readonly candidates: readonly {
      readonly input: string;
      readonly values: Readonly<Record<string, string | number | boolean | null>>;
    }[];
  };
}

/** The `pretrain` section but for its budget, and what it trains. */
export interface PretrainConfig extends Omit<PretrainSpec, 'budget' | 'objective'> {
  readonly model: ModelSpec;
  readonly vocabSize: number;
  readonly objective: Exclude<PretrainObjective, { kind: 'none' }>;
  readonly seed: number;
  /** The budget whose fork this stage serves. */
  readonly until: PretrainSpec['budget'];
}

export type StageKind = keyof StageConfigs;

/** Increase a kind's number when its meaning changes, so that old outputs are not served as new ones. */
export const stageVersions: Readonly<Record<StageKind, number>> = {
  corpus: 1,
  tokenizer: 1,
  pairs: 1,
  task: 1,
  pretrain: 2,
  decay: 2,
  finetune: 2,
  baseline: 2,
  evaluate: 2,
  select: 1,
};

/**
 * Kinds that go on without inputs that diverged, as long as one is left: a learning rate that is too high must lose the
 * selection, not stop it. Divergence is deterministic, so the outcome stays a function of the fingerprint; a failed
 * input still blocks, since it may succeed later.
 */
export const toleratesDivergedInputs: Readonly<Record<StageKind, boolean>> = {
  corpus: false,
  tokenizer: false,
  pairs: false,
  task: false,
  pretrain: false,
  decay: false,
  finetune: false,
  baseline: false,
  evaluate: false,
  select: true,
};

/** A stage of a plan, of any kind. */
export type PlannedStage = { [K in StageKind]: PlannedStageOf<K> }[StageKind];

export interface PlannedStageOf<K extends StageKind> {
  /** `<kind>-<first 12 hex digits of the fingerprint>`: also the name of its folder under results/store/. */
  readonly id: string;
  readonly kind: K;
  readonly fingerprint: Fingerprint;
  readonly config: StageConfigs[K];
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
  readonly isEstimate: boolean;
}

export type { Arm } from '../spec/index.ts';

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
