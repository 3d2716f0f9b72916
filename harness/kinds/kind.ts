/**
 * What each sort of kind can do, beyond what its section of the experiment file says (`spec/kind.ts`): estimate,
 * digest, and do its work. One file a kind, one entry in `registry.ts`; a plug-in adds more. Types only.
 */
import type {
  Completion,
  CorpusFunction,
  DropCounts,
  PreferencePair,
  PromptedFunction,
  Rows,
  Sameness,
  StoredRows,
  TaskData,
} from '../data/index.ts';
import type { ScoringSettings } from '../eval/index.ts';
import type { ModelConfig, Parameters } from '../model/index.ts';
import type {
  DescriptionsFacts,
  DescriptionsSpec,
  GeneratorFacts,
  GeneratorSpec,
  Kind,
  KindSpec,
  PairsFacts,
  ResponseEnd,
  StartFacts,
  TaskFacts,
  TaskSpec,
  TokenizerFacts,
} from '../spec/index.ts';
import type { PairLengths } from './lengths.ts';

/** Where a kind may look for data, and how it speaks while it works. */
export interface KindIo {
  /** Shared between sweeps; what lies there is verified or derived again. */
  readonly cacheFolder: string;
  /** A folder to take datasets from before any download; null = none. */
  readonly mirrorFolder: string | null;
  /** For files that are needed while the work goes on; gone with the stage. */
  readonly scratchFolder: string;
  /** Of the tokenizer that encodes what the kind gives, with its configuration; null where there is none yet. */
  readonly tokenizerFolder: string | null;
  /** What stands behind each response of the model that the rows are for; null = the end token. */
  readonly responseEnd: ResponseEnd;
  /** Whether a download is allowed. */
  readonly download: boolean;
  /** One line for people, into the journal and the display. */
  note(text: string): void;
}

/** A corpus: code, cut into functions. */
export interface CorpusKind<Spec extends KindSpec = KindSpec> extends Kind<Spec> {
  /** Mean lengths of pairs made from its functions. */
  lengths(spec: Spec, vocabSize: number): PairLengths;
  /** Functions it is expected to give; for time estimates only. */
  expectedFunctions(spec: Spec): { readonly functions: number; readonly heldOut: number };
  /** Reads the code and cuts it into functions, the same ones in the same order each time. */
  cut(spec: Spec, io: KindIo): Promise<CutCorpus>;
}

/** The functions of a corpus, and what became of the rest. */
export interface CutCorpus {
  readonly functions: Rows<CorpusFunction>;
  /** Kept out of pretraining, for the held-out accuracy. */
  readonly heldOut: Rows<CorpusFunction>;
  /** Complete once both have been read to their end. */
  readonly counts: DropCounts;
  /** What was read: packages or files, with version, licence and digest as far as they are known. */
  readonly sources: readonly object[];
}

/** A source of preference pairs for pretraining. */
export interface PairsKind<Spec extends KindSpec = KindSpec> extends PairsFacts<Spec> {
  /** `corpus`: lengths of pairs made from the corpus; null where it is not read. */
  lengths(spec: Spec, corpus: PairLengths | null, vocabSize: number): PairLengths;
  /** Pairs it is expected to give; for time estimates only. */
  expectedPairs(
    spec: Spec,
    corpus: { readonly functions: number; readonly heldOut: number } | null,
  ): { readonly pairs: number; readonly heldOut: number };
  /** Makes the pairs, the same ones in the same order each time; they may come one after the other. */
  make(spec: Spec, inputs: PairsInputs, io: KindIo): Promise<MadePairs>;
}

/** Rows for pretraining, and rows of the same sort that are held out of it. */
export interface SplitRows<Row> {
  readonly trained: StoredRows<Row>;
  readonly heldOut: StoredRows<Row>;
}

/** What a source of pairs is given to make them from. */
export interface PairsInputs {
  /** Functions of the corpus with their prompts; null where `readsCorpus` is false. */
  readonly functions: SplitRows<PromptedFunction> | null;
  /** By the names of `generators(spec)`: what each has written for the prompts, in the order of the functions. */
  readonly completions: Readonly<Record<string, SplitRows<Completion>>>;
  /** By the names of `parts(spec)`. */
  readonly parts: Readonly<Record<string, SplitRows<PreferencePair>>>;
}

/** The pairs of a source, and what became of the rest. `pairs` is read before `heldOut`. */
export interface MadePairs {
  /** In the order in which a budget takes them: its first k pairs are the pairs of the budget k. */
  readonly pairs: Rows<PreferencePair>;
  readonly heldOut: Rows<PreferencePair>;
  /** Rows dropped, by reason. Complete once the pairs have been read to their end, as is `heldOutCounts`. */
  readonly counts: DropCounts;
  readonly heldOutCounts: DropCounts;
}

/** Says in words what a function does, and asks for it. */
export interface DescriptionsKind<Spec extends DescriptionsSpec = DescriptionsSpec> extends DescriptionsFacts<Spec> {
  /**
   * The function's description in plain words; null = none, and the function is asked for by its signature alone.
   * `written`: what the generator has written for it, where the kind has one.
   */
  describe(spec: Spec, fn: CorpusFunction, written: string | null): string | null;
  /**
   * The prompt that asks the generator to describe the function; null = it needs none. Absent = there is no generator.
   */
  ask?(spec: Spec, fn: CorpusFunction): string | null;
}

/** How the tokens of a completion are drawn. */
export interface Sampling {
  /** 0 = the likeliest token each time. */
  readonly temperature: number;
  /** The smallest set of tokens whose probability reaches this; 1 = all. */
  readonly topP: number;
  readonly maxTokens: number;
  readonly seed: number;
}

/** A model that writes. It has one of the two functions: a folder to sample from, or a way to write by itself. */
export interface GeneratorKind<Spec extends GeneratorSpec = GeneratorSpec> extends GeneratorFacts<Spec> {
  /** `trainedFolder`: of the model that the experiment trained for it; null where it brings its own. */
  sampled?(spec: Spec, trainedFolder: string | null): { readonly folder: string; readonly sampling: Sampling };
  /** `spec.samples` completions a prompt, in the order of the prompts. */
  write?(spec: Spec, prompts: AsyncIterable<GeneratorPrompt>, io: GeneratorIo): AsyncIterable<Completion>;
}

export interface GeneratorPrompt {
  /** Of the function; with the number of the sample it names a completion. */
  readonly id: string;
  readonly prompt: string;
  /** What the prompt ends with, and the answer may repeat. */
  readonly signature: string;
}

/** What a program beside this one is asked to write. */
export interface WritingRequest {
  /** Of the model and its tokenizer. */
  readonly folder: string;
  /** A key names a completion: its seed follows from it and the seed of the sampling. */
  readonly prompts: readonly { readonly key: string; readonly prompt: string }[];
  readonly sampling: Sampling;
  readonly engine: 'auto' | 'vllm' | 'transformers';
  readonly numerics: 'float32' | 'bfloat16';
  /** Whether a prompt is the first message of a chat, by the template of the tokenizer. */
  readonly chat: boolean;
  readonly system: string | null;
  /** Texts that end a completion, and are no part of it. */
  readonly stop: readonly string[];
  /** Cards that share the model. */
  readonly cards: number;
}

export interface WrittenTexts {
  /** One a prompt, in their order. */
  readonly completions: readonly Pick<Completion, 'text' | 'finish'>[];
  /** The programs that wrote, with their versions. */
  readonly by: string;
  readonly tokens: number;
}

/** Samples from a model folder, by a program beside this one. */
export interface ModelWriter {
  write(request: WritingRequest, io: Pick<GeneratorIo, 'scratchFolder' | 'signal'>): Promise<WrittenTexts>;
}

export interface GeneratorIo extends KindIo {
  readonly signal: AbortSignal;
  writer(): Promise<ModelWriter>;
  /** Recorded with the stage: requests, tokens, money. */
  count(name: string, value: number): void;
}

/** null: ungraded. */
export type Graded = boolean | null;

/** Reads the final answer out of a worked response. */
export interface GraderKind {
  readonly kind: string;
  /** Increased when answers are read or compared in another way; enters the identity of the tasks that use it. */
  readonly version: number;
  /** In one spelling, so that equal answers are equal text; null where none is found. */
  answerOf(response: string): string | null;
  /** An answer in that spelling. */
  normalize(answer: string): string | null;
  /** Whether an answer (of `answerOf`) is the reference's; null: it cannot tell, or not in time (`ungraded`). */
  isCorrect(answer: string | null, reference: string): Graded | Promise<Graded>;
  /** Ends what grading has started (a child process). */
  close?(): Promise<void>;
}

/** A reasoning task: train, dev and test pairs and a best-of-N pool, split by question. */
export interface TaskKind<Spec extends TaskSpec = TaskSpec> extends TaskFacts<Spec> {
  /** Name of the grader that reads its answers; null where answers come with the data. */
  readonly grader: string | null;
  /**
   * What makes two of its questions the same one; absent = `words`. `exact` where questions are made from templates,
   * which share their wording by design.
   */
  readonly sameness?: Sameness;
  /** The metric that comparisons and charts are about. */
  readonly headline: string;
  /** The benchmark's own way to score, by its name in `eval/scorings`; absent = pairs and best-of-N alone. */
  readonly scoring?: string;
  /** What the section decides about that scoring; absent = nothing. */
  scoringSettings?(spec: Spec): ScoringSettings;
  /** Mean lengths of its pairs; for time estimates only. */
  lengths(spec: Spec, vocabSize: number): PairLengths;
  /**
   * The right answer of each of its questions, by group, to grade again what is stored; absent = it knows none. Files
   * that are not there are downloaded, where that is allowed.
   */
  references?(
    spec: Spec,
    io: Pick<KindIo, 'cacheFolder' | 'mirrorFolder' | 'download'>,
  ): Promise<ReadonlyMap<string, string>>;
  /** Reads or makes the task. Splits share no group, and ids are unique within a split. */
  read(spec: Spec, io: KindIo & { readonly grader: GraderKind | null }): Promise<TaskData>;
}

/** Texts of a tokenizer's files. */
export interface TokenizerFiles {
  /** tokenizer.json. */
  readonly json: string;
  /** tokenizer_config.json. Its `eos_token` ends every response. null = none is needed, as for ours. */
  readonly config: string | null;
}

/** Cuts text into tokens: trained, or read from a file. */
export interface TokenizerKind<Spec extends KindSpec = KindSpec> extends TokenizerFacts<Spec> {
  /** `texts`: the functions of the corpus, without those held out; null where `readsCorpus` is false. */
  make(spec: Spec, texts: Rows<string> | null): Promise<TokenizerFiles>;
}

/** Where every trial starts, before pretraining or finetuning. */
export interface StartKind<Spec extends KindSpec = KindSpec> extends StartFacts<Spec> {
  /**
   * Parameters by their Hugging Face name. `seed` decides what is random about them: all of it, or a new reward head.
   */
  parameters(spec: Spec, model: ModelConfig, seed: number): Promise<Parameters>;
  /** The model folder whose weights `parameters` gives, where it is one: an adapter can name it as its base. */
  folder?(spec: Spec): string;
  /** The tokenizer that it brings along; null where the experiment trains a tokenizer of its own. */
  tokenizerFiles(spec: Spec): TokenizerFiles | null;
}
