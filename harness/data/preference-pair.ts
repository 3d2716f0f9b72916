/** The words of the data room: preference pairs, candidate questions, and their encoded forms. Types only. */

/**
 * One prompt, the preferred and the other response (TRL's names). `group` is what train and test are split by: a
 * question, or a function.
 */
export interface PreferencePair {
  readonly id: string;
  readonly group: string;
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
  /** Where it comes from: a package file and line, a generator family, a model name. */
  readonly source: string;
  /** What distinguishes the rejected response, e.g. `operator: < -> <= (line 2)`; one entry an edit. */
  readonly edits: readonly string[];
  /**
   * By how much the chosen response is better, where the source says so (Llama 2's margin, arXiv 2307.09288): read only
   * by an objective with `margin: {kind: data}`.
   */
  readonly margin?: number;
  /** Language of the responses where they are code (`data/language`); absent = text, or not known. */
  readonly language?: string;
  /**
   * Whether the prompt says in words what is wanted. A pair of code without it can be undecidable. Absent = does not
   * apply.
   */
  readonly isDescribed?: boolean;
  /**
   * Whether prompt and responses are a conversation rendered by a chat template: they hold their special tokens, and
   * none are added. Absent = no.
   */
  readonly isRendered?: boolean;
  /** Section of a benchmark that it belongs to; absent = the task has none. */
  readonly subset?: string;
}

/** One response of a best-of-N pool. */
export interface Candidate {
  readonly text: string;
  /** Final answer as text, for majority vote; null where none could be read. */
  readonly answer: string | null;
  /** null: the grader could not tell (`ungraded`). */
  readonly isCorrect: boolean | null;
  /** Generator of the candidate (model name, or `generated`). */
  readonly source: string;
}

/** One question of a best-of-N pool. */
export interface CandidateQuestion {
  readonly id: string;
  readonly group: string;
  readonly prompt: string;
  readonly candidates: readonly Candidate[];
  /** As in `PreferencePair`. */
  readonly isRendered?: boolean;
  /** As in `PreferencePair`. */
  readonly subset?: string;
}

/** Rows dropped or shortened on the way, by reason; recorded with every data stage. */
export type DropCounts = Readonly<Record<string, number>>;

export type TokenIds = Int32Array;

/**
 * `chosen` and `rejected` end with the end token, unless the model has none behind a response; the prompt is tokenized
 * on its own, so one tokenization gives ids and mask boundary.
 */
export interface EncodedPair {
  readonly id: string;
  readonly prompt: TokenIds;
  readonly chosen: TokenIds;
  readonly rejected: TokenIds;
  /** As in `PreferencePair`; absent = the source says nothing, which counts as 0. */
  readonly margin?: number;
}

export interface EncodedQuestion {
  readonly id: string;
  readonly prompt: TokenIds;
  readonly candidates: readonly TokenIds[];
}

/**
 * What a task gives to finetuning and evaluation. `train` is in a seeded order: a sample of size n is its first n
 * pairs, so samples are nested.
 */
export interface TaskData {
  readonly train: readonly PreferencePair[];
  readonly dev: readonly PreferencePair[];
  readonly test: readonly PreferencePair[];
  readonly pool: readonly CandidateQuestion[];
  readonly counts: DropCounts;
  /** Chat templates by name that belong to the models trained on it; absent = the tokenizer's own. */
  readonly chatTemplates?: Readonly<Record<string, string>>;
}
