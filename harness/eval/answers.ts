/** The final answers among the candidates of a question, as votes count them. */
import type { Item } from './item.ts';

export interface AnswerVotes {
  readonly answer: string;
  readonly votes: number;
  /**
   * What the answer is worth where it wins: 1 or 0, and the share of its candidates that count as correct where graders
   * disagree with its text.
   */
  readonly worth: number;
}

/** In the order in which they are met. A candidate without an answer casts no vote. */
export function answerVotes(candidates: readonly Item[]): readonly AnswerVotes[] {
  const found = new Map<string, { votes: number; right: number }>();
  for (const { answer, isCorrect } of candidates) {
    if (answer === null) continue;
    const { votes, right } = found.get(answer) ?? { votes: 0, right: 0 };
    found.set(answer, { votes: votes + 1, right: right + (isCorrect === true ? 1 : 0) });
  }
  return [...found].map(([answer, { votes, right }]) => ({ answer, votes, worth: right / votes }));
}
