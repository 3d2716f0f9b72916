/**
 * Whether the questions of a test are new, or those of the training with other names and numbers. A model that has seen
 * all forms of a test can answer it by its memory of the form, so its accuracy says little about reasoning.
 */

import type { TaskData } from '../preference-pair.ts';

/**
 * The share of test prompts that may be renamings of training prompts where a claim rests on the task. With more it is
 * a control.
 */
export const mostRenamed = 0.05;

/** `null`: there are no such questions. */
export interface Novelty {
  /** Forms of the training questions. */
  readonly trainForms: number;
  readonly testForms: number;
  /** Share of test pairs whose question has the form of a training question. */
  readonly renamedTest: number | null;
  /** The same of the pool's questions. */
  readonly renamedPool: number | null;
}

/** How many questions of the evaluation are new to whoever has seen the training questions. */
export function noveltyOf({ train, test, pool }: Pick<TaskData, 'train' | 'test' | 'pool'>): Novelty {
  const forms = new Set(train.map(({ prompt }) => formOf(prompt)));
  const testForms = test.map(({ prompt }) => formOf(prompt));
  return {
    trainForms: forms.size,
    testForms: new Set(testForms).size,
    renamedTest: shareIn(forms, testForms),
    renamedPool: shareIn(
      forms,
      pool.map(({ prompt }) => formOf(prompt)),
    ),
  };
}

function shareIn(known: ReadonlySet<string>, forms: readonly string[]): number | null {
  return forms.length === 0 ? null : forms.filter((form) => known.has(form)).length / forms.length;
}

/** Words, numbers and other signs, as they follow each other. */
const piecePattern = /\p{L}[\p{L}\p{M}]*|\d+(?:\.\d+)?|\s+|[^\s\p{L}\d]/gu;
/** Two words in a row are prose. A formula has none. */
const prosePattern = /\p{L}{2,}[.,;:?!]?\s+\p{L}{2,}/u;

/**
 * A prompt up to renaming: equal for two prompts that a one-to-one exchange of names and of numbers turns into each
 * other. Names and numbers are replaced by `@0`, `@1`, ... and `#0`, `#1`, ... in the order in which they first occur.
 * In a formula every word is a name. In prose a name is a word with a capital letter, a single letter, or the word
 * after a number (the thing counted). That takes more words for names than are names, so that novelty is never
 * overstated by it.
 */
export function formOf(prompt: string): string {
  const isProse = prosePattern.test(prompt);
  const names = new Map<string, string>();
  let isAfterNumber = false;
  return prompt.replaceAll(piecePattern, (piece) => {
    if (/^\s/.test(piece)) return ' ';
    const isNumber = /^\d/.test(piece);
    const isName = /^\p{L}/u.test(piece) && (!isProse || isAfterNumber || isNameInProse(piece));
    isAfterNumber = isNumber;
    return isNumber || isName ? renamed(names, piece, isNumber ? '#' : '@') : piece;
  });
}

function isNameInProse(word: string): boolean {
  return /^\p{Lu}/u.test(word) || word.length === 1;
}

function renamed(names: Map<string, string>, piece: string, mark: string): string {
  const known = names.get(piece);
  if (known !== undefined) return known;
  const number = [...names.values()].filter((name) => name.startsWith(mark)).length;
  names.set(piece, `${mark}${number}`);
  return `${mark}${number}`;
}
