/** The grader of mathematics: extraction, spelling and equality of answers; the engine has a process of its own. */
import { compareAnswers, type Verdict } from './compare-answers.ts';
import { ExpressionProcess, type ExpressionCounts, type ExpressionProcessOptions } from './expression-process.ts';
import { extractAnswer } from './extract-answer.ts';
import { normalizeAnswer } from './normalize-answer.ts';

export class MathAnswers {
  readonly #process: ExpressionProcess;

  constructor(options: ExpressionProcessOptions = {}) {
    this.#process = new ExpressionProcess(options);
  }

  /** What the engine was asked, and what became of it. */
  get counts(): ExpressionCounts {
    return this.#process.counts;
  }

  answerOf(response: string): string | null {
    const answer = extractAnswer(response);
    return answer === null ? null : normalizeAnswer(answer);
  }

  normalize(answer: string): string | null {
    return normalizeAnswer(answer);
  }

  /** false without an answer; null where it cannot be told. @throws UserError (4): the engine cannot be started. */
  isCorrect(answer: string | null, reference: string): Promise<Verdict> {
    const right = normalizeAnswer(reference);
    if (answer === null || right === null) return Promise.resolve(false);
    return compareAnswers(answer, right, (a, b, relation) => this.#process.compare(a, b, relation));
  }

  close(): Promise<void> {
    return this.#process.close();
  }
}
