/**
 * What a kind says about itself, as far as an experiment file is concerned. A kind is one way to fill a section whose
 * `kind` field names it: a corpus, a pair source, a task, a starting point. The registries live in `harness/kinds/`;
 * this room gets them as a value, so that a user's own kinds are checked like ours.
 */
import type { z } from 'zod';
import type { TokenizerSpec } from './experiment-schema.ts';
import type { ModelSpec } from './model-schema.ts';
import type { PretrainSpec } from './training-schema.ts';

/** A section that names its kind. The kind's schema has the other fields. */
export interface KindSpec {
  readonly kind: string;
}

/** A broken rule. `fields`: the dotted paths that make it, the one to blame first. */
export interface RuleBreak {
  readonly fields: readonly string[];
  readonly expected: string;
  readonly found: string;
  readonly suggestion?: string;
  /** Data that a stage will read are not here. All else about the section is known, so that it can be planned. */
  readonly isAbsent?: true;
}

export interface Kind<Spec extends KindSpec = KindSpec> {
  readonly kind: string;
  /** A strict object whose `kind` is the literal above. */
  readonly schema: z.ZodObject;
  /**
   * Fields that say where data lies. They are resolved against the file that names them and are never part of an
   * identity: `digest` stands for what lies there.
   */
  readonly locations?: readonly string[];
  /** Fields that other stages stand for: what they say is in the identity of those. */
  readonly restated?: readonly string[];
  /** Rules between the section's own fields; paths are relative to the section. */
  rules?(spec: Spec): readonly RuleBreak[];
  /** sha256 of the data behind the section (files, lockfiles); null where the section says it all. */
  digest?(spec: Spec): string | null;
}

/** How much a task has, as far as it is known before it is read. */
export interface TaskSizes {
  /** null = known only once the data are read. */
  readonly trainPairs: number | null;
  readonly devPairs: number;
  readonly testPairs: number;
  /** Questions of the best-of-N pool; 0 = the task has none. */
  readonly questions: number;
  /** Candidates a question has at most. */
  readonly candidates: number;
  /** Candidates every question has at least: best-of-N is defined up to here. */
  readonly leastCandidates: number;
}

/** The section `task`. Results are recorded under its name. */
export interface TaskSpec extends KindSpec {
  readonly name: string;
}

export interface TaskFacts<Spec extends TaskSpec = TaskSpec> extends Kind<Spec> {
  /** Known before the data are read; for rules and time estimates. */
  sizes(spec: Spec): TaskSizes;
  /** Whether rows may be rendered by the chat template of the tokenizer; absent = never. */
  rendersChat?(spec: Spec): boolean;
  /** The field that decides `candidates`, and the one that decides `trainPairs`, for messages. */
  readonly sizeFields?: { readonly candidates?: string; readonly trainPairs?: string };
}

export interface PairsFacts<Spec extends KindSpec = KindSpec> extends Kind<Spec> {
  /** Whether pairs are made from the functions of the corpus. */
  readonly readsCorpus: boolean;
  /** Whether its pairs prefer one response to the other; absent = they do. `false`: for language modelling only. */
  readonly hasPreference?: boolean;
  /** As in `TaskFacts`. */
  rendersChat?(spec: Spec): boolean;
  /** Models that write responses for the prompts of the functions, by name; absent = none. */
  generators?(spec: Spec): Readonly<Record<string, GeneratorSpec>>;
  /** Pair sources that it is made of, by name; absent = none. */
  parts?(spec: Spec): Readonly<Record<string, KindSpec>>;
}

/** The section `descriptions`: how a function is asked for. */
export interface DescriptionsSpec extends KindSpec {
  /** The prompt: `{description}`, `{comment}`, `{signature}`, `{language}` stand for what they name. */
  readonly template: string;
  /** Leaves functions without a description out of the pairs. */
  readonly require: boolean;
}

export interface DescriptionsFacts<Spec extends DescriptionsSpec = DescriptionsSpec> extends Kind<Spec> {
  /** The model that writes descriptions, and the template of the prompt that asks for one; absent = none. */
  writer?(spec: Spec): { readonly generator: GeneratorSpec; readonly ask: string };
}

/** A model that writes text, and how its tokens are drawn. */
export interface GeneratorSpec extends KindSpec {
  /** Completions a prompt. */
  readonly samples: number;
}

/** A model that the experiment trains for a generator. */
export interface GeneratorTraining {
  readonly model: ModelSpec;
  readonly pretrain: PretrainSpec;
  readonly seed: number;
}

export interface GeneratorFacts<Spec extends GeneratorSpec = GeneratorSpec> extends Kind<Spec> {
  /** The model that the experiment trains for it on the functions of the corpus; null = it brings its own. */
  training(spec: Spec): GeneratorTraining | null;
  /** Whether the same stage would write the same text again. `false`: its outputs are kept by their content. */
  readonly isReproducible: boolean;
}

export interface TokenizerFacts<Spec extends KindSpec = KindSpec> extends Kind<Spec> {
  /** Whether it is trained on the functions of the corpus. */
  readonly readsCorpus: boolean;
  /** All its ids lie below; null where what the section points to cannot be used, which `rules` then say. */
  vocabSize(spec: Spec): number | null;
  /**
   * sha256 of the chat templates that lie beside it in files of their own; null or absent = none. They are no part of
   * its `digest`: only what is rendered by them depends on them.
   */
  templatesDigest?(spec: Spec): string | null;
}

/** A start that the experiment trains: by language modelling, with the model of the trial. */
export interface StartTraining {
  readonly pairs: KindSpec;
  readonly pretrain: PretrainSpec;
  readonly seed: number;
}

export interface StartFacts<Spec extends KindSpec = KindSpec> extends Kind<Spec> {
  /**
   * The model and tokenizer that the start brings along; null where the experiment names its own.
   * @throws UserError (2) where what it points to cannot be used; `rules` may say it of the field to blame.
   */
  provides(spec: Spec): { readonly model: ModelSpec; readonly tokenizer: TokenizerSpec } | null;
  /** How the experiment trains it; absent = it is there before. */
  training?(spec: Spec): StartTraining;
  /** As in `TokenizerFacts`, of the tokenizer that it brings along. */
  templatesDigest?(spec: Spec): string | null;
}

/** What a pretraining begins with and learns from. */
export interface PretrainedFrom {
  readonly start: { readonly kind: string };
  readonly pairs: { readonly kind: string } | null;
}

/** An arm as validation needs it: which pretraining belongs to it. */
export interface ArmFacts {
  readonly id: string;
  matches(pretrain: PretrainSpec, from: PretrainedFrom): boolean;
}

/** A metric as validation needs it. */
export interface MetricFacts {
  /** In a template, `{n}` stands for a whole number and `{anything else}` for any text. */
  readonly name: string;
  readonly better: 'high' | 'low' | null;
}

/** Everything that an experiment file may name. */
export interface SpecKinds {
  readonly corpora: readonly Kind[];
  readonly pairs: readonly PairsFacts[];
  readonly tasks: readonly TaskFacts[];
  /** What reads and compares final answers, by name. */
  readonly graders: readonly { readonly kind: string }[];
  readonly tokenizers: readonly TokenizerFacts[];
  readonly starts: readonly StartFacts[];
  readonly descriptions: readonly DescriptionsFacts[];
  readonly generators: readonly GeneratorFacts[];
  /** The first that matches is the trial's arm. */
  readonly arms: readonly ArmFacts[];
  readonly metrics: readonly MetricFacts[];
  /** The experiment was planned before: a rule that was not there then does not concern it. Absent = it was not. */
  readonly isRecorded?: boolean;
  /** Only a plan is wanted: absent data break no rule. Absent = they do. */
  readonly withoutData?: boolean;
}

/** The record of a section's kind. @throws Error where the section was not validated. */
export function kindOf<K extends KindSpec>(kinds: readonly K[], spec: KindSpec): K {
  const found = kinds.find(({ kind }) => kind === spec.kind);
  if (found === undefined)
    throw new Error(`no kind ${spec.kind}; there are ${kinds.map(({ kind }) => kind).join(', ')}`);
  return found;
}
