/**
 * The resolved config of each stage: everything that bears identity, nothing of execution and no path of a machine.
 * Inputs (by name -> stage id) are listed at each; `?` = may be absent. Types only.
 *
 * Fields marked (later) were not there from the start: they are null where they are off, and then stand in no identity
 * (docs/decisions/010-added-fields.md).
 */
import type { Sameness } from '../data/index.ts';
import type {
  DescriptionsSpec,
  EvaluateSpec,
  FinetuneSpec,
  GeneratorSpec,
  KindSpec,
  ModelSpec,
  OverLength,
  PretrainObjective,
  PretrainSpec,
  ResponseEnd,
  TaskSpec,
  TokenizerSpec,
} from '../spec/index.ts';

/** A stage whose work is done by a registered kind. */
interface FromKind {
  /** (later) sha256 of the plug-in that the kind comes from. */
  readonly plugin: string | null;
}

/** A stage that turns texts into token ids. */
export interface EncodedConfig {
  readonly contextLength: number;
  /** (later) What becomes of rows that are longer; null = they are dropped. */
  readonly overLength: Exclude<OverLength, 'drop'> | null;
  /** (later) What stands behind each response; null = the end token. */
  readonly responseEnd: ResponseEnd;
}

/** A stage that may begin with the parameters or the tokenizer of the experiment's start. */
interface FromStart {
  /** (later) null = random initialization, or not from here. */
  readonly start: KindSpec | null;
  /** (later) sha256 of the start's files. */
  readonly startDigest: string | null;
  /** (later) sha256 of the plug-in that the start comes from. */
  readonly plugin: string | null;
}

/** A stage that computes. */
interface Computed {
  /** (later) Arithmetic that differs from ours by more than rounding; null = ours. Of the backend and the trial. */
  readonly numerics: string | null;
}

/** inputs: none. `dataDigest` stands for the raw code. */
export interface CorpusConfig extends FromKind {
  readonly corpus: KindSpec;
  readonly dataDigest: string | null;
}

/**
 * inputs: corpus, completions? (what a model has written about the functions). Functions with their prompts.
 * `descriptions` lacks the generator: the input stands for it.
 */
export interface DescriptionsConfig extends FromKind {
  readonly descriptions: DescriptionsSpec;
}

/**
 * inputs: corpus (response `description`) or descriptions (response `body`); model?, tokenizer? (of a generator that
 * the experiment trained). What a model writes for the prompts of the functions.
 */
export interface CompletionsConfig extends FromKind, Computed {
  /** Without the fields that say how it is trained: the input `model` stands for it. */
  readonly generator: GeneratorSpec;
  /** sha256 of the generator's files. */
  readonly generatorDigest: string | null;
  readonly response: 'body' | 'description';
  /** Where descriptions are asked for: how. */
  readonly descriptions: DescriptionsSpec | null;
}

/** inputs: corpus (where it is trained on it), or none. That of the start has the kind `checkpoint`. */
export interface TokenizerConfig extends FromStart {
  readonly tokenizer: TokenizerSpec;
  /** (later) sha256 of the tokenizer's files. */
  readonly tokenizerDigest: string | null;
}

/**
 * inputs: descriptions?, completions-<generator>?, part-<name>? (pairs), tokenizer. Pairs in a seeded order, as text
 * and encoded; plus the held-out pairs. `pairs` lacks generators and parts: the inputs stand for them.
 */
export interface PairsConfig extends FromKind, EncodedConfig {
  readonly pairs: KindSpec;
  /** (later) sha256 of the raw files. */
  readonly pairsDigest: string | null;
  /** (later) sha256 of chat templates beside the tokenizer, where rows may be rendered by them. */
  readonly templatesDigest: string | null;
}

/**
 * inputs: tokenizer. Train/dev/test pairs and the candidate pool, as text and encoded. `dataDigest`: sha256 of the raw
 * files; null where there are none.
 */
export interface TaskConfig extends FromKind, EncodedConfig {
  readonly task: TaskSpec;
  readonly dataDigest: string | null;
  /** (later) Of the task's grader, from version 2 on. */
  readonly graderVersion: number | null;
  /** (later) Of the task's scoring, from version 2 on. */
  readonly scoringVersion: number | null;
  /** (later) As in `PairsConfig`. */
  readonly templatesDigest: string | null;
}

/** inputs: pairs, tokenizer, corpus? (whose terms may forbid to show texts). */
export interface AuditConfig {
  /** Pairs of each set that are looked at closely. */
  readonly sample: number;
  /** Pairs for people to look at. */
  readonly shown: number;
  readonly seed: number;
}

/** inputs: task, pairs? (of the trial's pretraining), startPairs? (of a trained start). */
export interface ContaminationConfig {
  /** Its name, for messages. */
  readonly task: string;
  readonly sameness: Sameness;
  /** Overlaps that the experiment accepts, by name. */
  readonly accept: readonly string[];
}

/**
 * The `pretrain` section and what it trains.
 *
 * `pretrain`: inputs pairs, start? (the model of a trained start), previous? (the pretrain stage this one continues,
 * exactly). One segment of the trunk: trains to the step where the fork for `budget` begins to decay (wsd), or to the
 * end (cosine, always without `previous`). `decay`: inputs pairs, trunk (pretrain). The WSD decay from the fork
 * point to the end of `budget`.
 */
export interface PretrainConfig extends Omit<PretrainSpec, 'objective'>, FromStart, Computed {
  readonly model: ModelSpec;
  readonly vocabSize: number;
  readonly objective: Exclude<PretrainObjective, { kind: 'none' }>;
  readonly seed: number;
}

/**
 * inputs: task, backbone? (decay, or pretrain for cosine; absent = from the start), start? (of a trained start, where
 * there is no backbone), select? (paths in `selected` take
 * their value from it), contamination (no identity). At the paths in `selected`, `finetune` holds the first value of
 * `select.over`: a placeholder.
 */
export interface FinetuneConfig extends FromStart, Computed {
  readonly model: ModelSpec;
  readonly vocabSize: number;
  readonly finetune: FinetuneSpec;
  readonly selected: readonly string[];
  readonly seed: number;
}

/** inputs: task. Samples and seed are those of the finetuning that it stands beside. */
export interface RankerConfig {
  readonly samples: number;
  readonly seed: number;
}

/**
 * inputs: task, backbone?, start?, contamination (no identity). Random, longest, shortest, majority, pass@N, untrained
 * head; and the backbone's own head, if it was preference-pretrained.
 */
export interface BaselineConfig extends FromStart, Computed {
  readonly model: ModelSpec;
  readonly vocabSize: number;
  readonly evaluate: EvaluateConfig['evaluate'];
  readonly zeroShot: boolean;
  readonly seed: number;
}

/**
 * inputs: task, model (finetune). Scores the split; best-of-N on `test` only, so on dev `bestOf` is always [1] and the
 * choice does not hang on it.
 */
export interface EvaluateConfig extends Computed {
  readonly evaluate: Pick<EvaluateSpec, 'bestOf'>;
  readonly split: 'dev' | 'test';
}

/**
 * inputs: candidate-0, candidate-1, ... (evaluate on dev), with several seeds candidate-0-seed-1, ... Chooses by dev
 * pairwise accuracy, ties by lower dev pairwise loss, then by list order; equal values are runs of other seeds, whose
 * mean counts.
 */
export interface SelectConfig {
  readonly candidates: readonly {
    readonly input: string;
    readonly values: Readonly<Record<string, string | number | boolean | null>>;
  }[];
}

export interface StageConfigs {
  readonly corpus: CorpusConfig;
  readonly descriptions: DescriptionsConfig;
  readonly completions: CompletionsConfig;
  readonly tokenizer: TokenizerConfig;
  readonly pairs: PairsConfig;
  readonly audit: AuditConfig;
  readonly task: TaskConfig;
  readonly contamination: ContaminationConfig;
  readonly pretrain: PretrainConfig;
  readonly decay: PretrainConfig;
  readonly finetune: FinetuneConfig;
  readonly ranker: RankerConfig;
  readonly baseline: BaselineConfig;
  readonly evaluate: EvaluateConfig;
  readonly select: SelectConfig;
}

export type StageName = keyof StageConfigs;
