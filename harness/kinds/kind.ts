/**
 * What each sort of kind can do, beyond what its section of the experiment file says (`spec/kind.ts`): estimate,
 * digest, and do its work. One file a kind, one entry in `registry.ts`; a plug-in adds more. Types only.
 */
import type { CorpusFunction, DropCounts, PreferencePair, TaskData } from '../data/index.ts';
import type { ModelConfig, Parameters } from '../model/index.ts';
import type { Kind, KindSpec, PairsFacts, StartFacts, TaskFacts, TaskSpec } from '../spec/index.ts';
import type { PairLengths } from './lengths.ts';

/** Where a kind may look for data, and how it speaks while it works. */
export interface KindIo {
  /** Shared between sweeps; what lies there is verified or derived again. */
  readonly cacheFolder: string;
  /** A folder to take datasets from before any download; null = none. */
  readonly mirrorFolder: string | null;
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
  readonly functions: readonly CorpusFunction[];
  /** Kept out of pretraining, for the held-out accuracy. */
  readonly heldOut: readonly CorpusFunction[];
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
  /** `corpus` is null where `readsCorpus` is false. */
  make(spec: Spec, corpus: Pick<CutCorpus, 'functions' | 'heldOut'> | null, io: KindIo): Promise<MadePairs>;
}

/** The pairs of a source, and what became of the rest. */
export interface MadePairs {
  readonly pairs: readonly PreferencePair[];
  readonly heldOut: readonly PreferencePair[];
  /** Rows dropped, by reason. */
  readonly counts: DropCounts;
  readonly heldOutCounts: DropCounts;
}

/** Reads the final answer out of a worked response. */
export interface GraderKind {
  readonly kind: string;
  /** Increased when answers are read or compared in another way; enters the identity of the tasks that use it. */
  readonly version: number;
  /** In one spelling, so that equal answers are equal text; null where none is found. */
  answerOf(response: string): string | null;
  /** An answer in that spelling. */
  normalize(answer: string): string | null;
  /** Whether an answer (of `answerOf`) is the reference's. */
  isCorrect(answer: string | null, reference: string): boolean;
}

/** A reasoning task: train, dev and test pairs and a best-of-N pool, split by question. */
export interface TaskKind<Spec extends TaskSpec = TaskSpec> extends TaskFacts<Spec> {
  /** Name of the grader that reads its answers; null where answers come with the data. */
  readonly grader: string | null;
  /** The metric that comparisons and charts are about. */
  readonly headline: string;
  /** Mean lengths of its pairs; for time estimates only. */
  lengths(spec: Spec, vocabSize: number): PairLengths;
  /** Reads or makes the task. Splits share no group, and ids are unique within a split. */
  read(spec: Spec, io: KindIo & { readonly grader: GraderKind | null }): Promise<TaskData>;
}

/** Texts of a tokenizer's files. */
export interface TokenizerFiles {
  /** tokenizer.json. */
  readonly json: string;
  /** tokenizer_config.json. Its `eos_token` ends every response. */
  readonly config: string;
}

/** Where every trial starts, before pretraining or finetuning. */
export interface StartKind<Spec extends KindSpec = KindSpec> extends StartFacts<Spec> {
  /**
   * Parameters by their Hugging Face name. `seed` decides what is random about them: all of it, or a new reward head.
   */
  parameters(spec: Spec, model: ModelConfig, seed: number): Promise<Parameters>;
  /** The tokenizer that it brings along; null where the experiment trains a tokenizer of its own. */
  tokenizerFiles(spec: Spec): TokenizerFiles | null;
}
