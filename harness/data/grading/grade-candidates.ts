/** Labels and votes of one question's candidates, by a grader. */
import type { Candidate } from '../preference-pair.ts';

/** Reads and compares final answers; a `GraderKind` is one. */
export interface AnswerGrader {
  /** The final answer of a response in one spelling; null where it states none. */
  answerOf(response: string): string | null;
  /** An answer in that spelling. */
  normalize(answer: string): string | null;
  /** null: it could not tell. */
  isCorrect(answer: string | null, reference: string): boolean | null | Promise<boolean | null>;
}

/** How the candidates of a task are graded. */
export interface Grading {
  readonly answers: AnswerGrader;
  /** Labels the candidates; null = their labels are those of the dataset. */
  readonly labels: AnswerGrader | null;
}

/**
 * The candidates with the grader's labels. `answer` is what a candidate votes for: equal text for equivalent answers.
 */
export async function gradeCandidates(
  candidates: readonly Candidate[],
  reference: string,
  grader: AnswerGrader,
): Promise<Candidate[]> {
  const answers = candidates.map(({ text }) => grader.answerOf(text));
  const votes = await voteAnswers(answers, grader);
  const verdicts = new Map<string | null, boolean | null>();
  for (const answer of new Set(answers)) verdicts.set(answer, await grader.isCorrect(answer, reference));
  return candidates.map((candidate, c) => {
    const answer = answers[c] ?? null;
    return {
      ...candidate,
      answer: answer === null ? null : (votes.get(answer) ?? answer),
      isCorrect: verdicts.get(answer) ?? null,
    };
  });
}

/**
 * Answer -> the answer that stands for all equivalent ones. Answers are taken from the shortest to the longest, and
 * each joins the first one before it that the grader calls equal: so they form classes whatever the order of the
 * candidates, also where a grader is not transitive. Where it cannot tell, an answer stands for itself.
 */
export async function voteAnswers(
  answers: readonly (string | null)[],
  grader: Pick<AnswerGrader, 'isCorrect'>,
): Promise<ReadonlyMap<string, string>> {
  const distinct = [...new Set(answers)].filter((answer) => answer !== null);
  const votes = new Map<string, string>();
  const standing: string[] = [];
  for (const answer of distinct.toSorted(shortestFirst)) {
    const same = await firstEqual(answer, standing, grader);
    votes.set(answer, same ?? answer);
    if (same === null) standing.push(answer);
  }
  return votes;
}

async function firstEqual(
  answer: string,
  others: readonly string[],
  grader: Pick<AnswerGrader, 'isCorrect'>,
): Promise<string | null> {
  for (const other of others) if ((await grader.isCorrect(answer, other)) === true) return other;
  return null;
}

/** By code units, so that no locale changes it. */
function shortestFirst(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
