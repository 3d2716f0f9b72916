/**
 * The questions of the evaluation, ready to be looked for in text that is read once. A run of words that stands in many
 * questions is boilerplate ("Which of the following, if true, most weakens the argument?"): it makes no two questions
 * the same.
 */
import type { EvaluationQuestion, Sameness } from './contamination.ts';
import { gramHashes, textHash } from './gram-hash.ts';
import { GramTable } from './gram-table.ts';
import { normalizedText, normalizedWords } from './words.ts';

/** As in the decontamination of GPT-3 (Brown et al. 2020, appendix C). */
export const runLength = 13;

/**
 * Groups of questions that a run may stand in without being boilerplate. Measured on LogiQA 2.0, dev against test: with
 * 3 all 57 questions that share a fifth of their runs or more are found, and 56 of 154 that share a phrase alone are
 * not.
 */
export const mostGroups = 3;

/** The text by which questions are equal. */
export function keyOf(text: string, sameness: Sameness): string {
  return sameness === 'exact' ? normalizedText(text) : normalizedWords(text).join(' ');
}

/** Distinct questions, the runs of words in them, and in how many groups each run stands. */
export class QuestionIndex {
  readonly questions: EvaluationQuestion[] = [];
  readonly #sameness: Sameness;
  readonly #keys = new GramTable();
  readonly #runs = new GramTable();
  /** By run: groups that have it, and the last of them. Questions of one group come one after the other. */
  readonly #groups: number[] = [];
  readonly #lastGroup: string[] = [];

  constructor(questions: Iterable<EvaluationQuestion>, sameness: Sameness) {
    this.#sameness = sameness;
    for (const question of questions) this.#add(question);
  }

  /** Number of the question that equals the text; -1 where none does. */
  equalTo(text: string): number {
    return this.#keys.numberOf(textHash(keyOf(text, this.#sameness)));
  }

  /** The runs of a text that some question has: number of the run, and where it begins among the words. */
  *runsIn(words: readonly string[]): Generator<{ readonly run: number; readonly at: number }> {
    if (this.#sameness === 'exact') return;
    let at = 0;
    for (const hash of gramHashes(words, runLength)) {
      const run = this.#runs.numberOf(hash);
      if (run !== -1) yield { run, at };
      at += 1;
    }
  }

  isBoilerplate(run: number): boolean {
    return (this.#groups[run] as number) > mostGroups;
  }

  /** A question that is asked twice (a pair and a pool question, say) counts once, for the first. */
  #add(question: EvaluationQuestion): void {
    const number = this.#keys.add(textHash(keyOf(question.question, this.#sameness)));
    if (number < this.questions.length) return;
    this.questions.push(question);
    if (this.#sameness === 'exact') return;
    for (const hash of gramHashes(normalizedWords(question.question), runLength)) {
      const run = this.#runs.add(hash);
      if (this.#lastGroup[run] === question.group) continue;
      this.#lastGroup[run] = question.group;
      this.#groups[run] = (this.#groups[run] ?? 0) + 1;
    }
  }
}
