/**
 * How long pairs are in tokens, before any data is read: estimates from the config alone, to be replaced by what a
 * stage of the same data recorded. Measured on the shipped corpus and tasks (test/plan/expected-lengths.test.ts holds
 * them against the data).
 */
import type { CorpusSpec, TaskSpec } from '../spec/experiment-schema.ts';

/** Mean tokens of the parts of a preference pair. */
export interface PairLengths {
  readonly prompt: number;
  readonly chosen: number;
  readonly rejected: number;
}

/**
 * Characters a token of a byte-pair encoding with this many entries, trained on code, read on code: 1.36 measured with
 * 320 entries, 2.4 with 1,024. Each doubling adds as much again, up to the 4 or so of large vocabularies.
 */
export function charactersPerToken(vocabSize: number): number {
  return Math.min(4, Math.max(1, 2.4 + 0.62 * Math.log2(vocabSize / 1024)));
}

/** Share of a function that is prompt: measured 0.26 (functions of up to 400 characters) to 0.34 (up to 160). */
const promptShare = 0.3;

export function corpusPairLengths({ minCharacters, maxCharacters }: CorpusSpec, vocabSize: number): PairLengths {
  const tokens = (minCharacters + maxCharacters) / 2 / charactersPerToken(vocabSize);
  return { prompt: promptShare * tokens, chosen: (1 - promptShare) * tokens, rejected: (1 - promptShare) * tokens };
}

/** Mean characters of [prompt, response] at difficulty 1 to 5. */
const generatedCharacters: Readonly<
  Record<Extract<TaskSpec, { kind: 'generated' }>['family'], readonly (readonly [number, number])[]>
> = {
  algebra: [
    [8, 5],
    [10, 22],
    [14, 34],
    [14, 38],
    [20, 52],
  ],
  lookup: [
    [20, 19],
    [26, 26],
    [37, 38],
    [44, 46],
    [58, 61],
  ],
  boolean: [
    [24, 18],
    [26, 18],
    [32, 25],
    [41, 41],
    [52, 58],
  ],
  program: [
    [14, 7],
    [20, 17],
    [30, 27],
    [40, 41],
    [46, 25],
  ],
  'word-problem': [
    [32, 19],
    [33, 19],
    [41, 28],
    [70, 52],
    [100, 89],
  ],
};

/** Formulas and sums in words are not what the encoding was trained on. Every response ends with a token of its own. */
const taskCharactersPerToken = 1.25;
/** GSM8K's recorded solutions with 1,024 entries. */
const gsm8kLengths: PairLengths = { prompt: 126, chosen: 143, rejected: 137 };

export function taskPairLengths(task: TaskSpec, vocabSize: number): PairLengths {
  if (task.kind === 'gsm8k') {
    const scale = charactersPerToken(1024) / charactersPerToken(vocabSize);
    return {
      prompt: gsm8kLengths.prompt * scale,
      chosen: gsm8kLengths.chosen * scale,
      rejected: gsm8kLengths.rejected * scale,
    };
  }
  const [prompt, response] = generatedCharacters[task.family][task.difficulty - 1] ?? [60, 60];
  const responseTokens = 1 + response / taskCharactersPerToken;
  return { prompt: prompt / taskCharactersPerToken, chosen: responseTokens, rejected: responseTokens };
}

/** No longer than a model can read: longer pairs are dropped, so their mean cannot be more. */
export function withinContext({ prompt, chosen, rejected }: PairLengths, contextLength: number): PairLengths {
  const scale = Math.min(1, contextLength / (prompt + Math.max(chosen, rejected)));
  return {
    prompt: Math.max(1, prompt * scale),
    chosen: Math.max(1, chosen * scale),
    rejected: Math.max(1, rejected * scale),
  };
}

/** What a task has to score: pairs of a split, and candidates of its pool. */
export interface TaskSizes {
  readonly devPairs: number;
  readonly testPairs: number;
  readonly questions: number;
  readonly candidates: number;
}

/**
 * Counts of GSM8K follow from the questions; measured 371 dev and 520 test pairs and 317 questions of 4 at the default
 * splits.
 */
export function taskSizes(task: TaskSpec): TaskSizes {
  if (task.kind === 'generated')
    return {
      devPairs: task.devPairs,
      testPairs: task.testPairs,
      questions: task.testQuestions,
      candidates: task.candidates,
    };
  const pairsPerQuestion = 1.75;
  return {
    devPairs: pairsPerQuestion * task.devQuestions,
    testPairs: pairsPerQuestion * task.testQuestions,
    questions: task.testQuestions,
    candidates: task.pool === 'candidates' ? 14 : 4,
  };
}
