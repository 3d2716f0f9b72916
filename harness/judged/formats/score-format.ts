/** A format of files with scores: how a row of it becomes scores. One file a format, one entry in `formats.ts`. */
import type { Item } from '../../eval/index.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** `one`: the score of a single response; its other responses stand in other rows. */
export type Scores =
  | { readonly kind: 'sides'; readonly chosen: readonly number[]; readonly rejected: readonly number[] }
  | { readonly kind: 'list'; readonly scores: readonly number[] }
  | { readonly kind: 'one'; readonly candidate: number | 'chosen' | 'rejected'; readonly score: number };

/** What a row says about its responses besides their scores, in the order of the scores; null = nothing. */
export interface OwnFacts {
  readonly group: string | null;
  readonly subset: string | null;
  readonly labels: readonly (boolean | null)[] | null;
  /** In characters. */
  readonly lengths: readonly number[] | null;
  readonly answers: readonly (string | null)[] | null;
  readonly sources: readonly (string | null)[] | null;
}

/** One row, read. A score that is not finite is NaN or an infinity. */
export interface ScoreRow {
  /** null = the row has none. */
  readonly id: string | null;
  /** null = the row does not say. */
  readonly set: Item['set'] | null;
  readonly scores: Scores;
  readonly own: OwnFacts;
  /** Who scored; null = the row does not say. */
  readonly model: string | null;
}

export type ParsedScores = { readonly row: ScoreRow } | { readonly problems: readonly string[] };

export interface ReadOptions {
  /** The field that names the section of a row; null = the usual one of the format. */
  readonly sections: string | null;
  /** How the scores of steps become one score; null = not said, and then a list of several is a problem. */
  readonly steps: StepRule | null;
}

export interface ScoreFormat {
  readonly name: string;
  /** In one line, for help. */
  readonly about: string;
  /** Whether a row with these fields is one of this format. */
  recognizes(fields: Fields): boolean;
  read(fields: Fields, options: ReadOptions): ParsedScores;
}

/** How a process reward model's scores of steps become one score of the solution. */
export const stepRules = {
  min: (scores) => Math.min(...scores),
  max: (scores) => Math.max(...scores),
  mean: (scores) => total(scores) / scores.length,
  last: (scores) => scores.at(-1) ?? NaN,
  prod: (scores) => product(scores),
  'geometric-mean': (scores) => product(scores) ** (1 / scores.length),
} as const satisfies Readonly<Record<string, (scores: readonly number[]) => number>>;

export type StepRule = keyof typeof stepRules;

const total = (scores: readonly number[]): number => scores.reduce((sum, score) => sum + score, 0);
const product = (scores: readonly number[]): number => scores.reduce((all, score) => all * score, 1);

export const noFacts: OwnFacts = {
  group: null,
  subset: null,
  labels: null,
  lengths: null,
  answers: null,
  sources: null,
};
