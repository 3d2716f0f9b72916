/**
 * Majority vote (self-consistency) over a random N-subset: the most frequent final answer wins, ties are split evenly.
 * Exact, by counting subsets.
 *
 * For an answer given by m of n candidates to win with c votes beside t others that also have c, the rest of the subset
 * must come from the other answers, each with at most c votes. The number of such subsets is a coefficient of a product
 * of polynomials, one factor an answer:
 *   C(m, c) * [z^(N-c) u^t] prod_b ( sum_{j<c} C(m_b, j) z^j + u C(m_b, c) z^c ),
 * and the answer earns 1 / (t + 1) of them.
 * All terms are positive, so float64 is accurate to rounding; C(256, 128) is about 6e75, well inside its range. A
 * candidate without an answer casts no vote; a subset without any vote is counted as wrong.
 */
import type { Item } from './item.ts';
import { meanAtN, type AtN } from './subsets.ts';

export function majorityAtN(items: readonly Item[], Ns: readonly number[]): AtN[] {
  return meanAtN(items, Ns, expectedMajority);
}

interface AnswerVotes {
  readonly votes: number;
  /**
   * Graders may disagree with the answer text: then the answer is worth the share of its candidates that count as
   * correct.
   */
  readonly correct: number;
}

function expectedMajority(candidates: readonly Item[], N: number): number {
  const answers = countAnswers(candidates);
  const silent = candidates.filter((item) => item.answer === null).length;
  let favourable = 0;
  for (const answer of answers) {
    if (answer.correct === 0) continue;
    const others = answers.filter((other) => other !== answer).map(({ votes }) => votes);
    favourable += (winningSubsets(answer.votes, others, silent, N) * answer.correct) / answer.votes;
  }
  return favourable / binomial(candidates.length, N);
}

function countAnswers(candidates: readonly Item[]): AnswerVotes[] {
  const answers = new Map<string, AnswerVotes>();
  for (const { answer, isCorrect } of candidates) {
    if (answer === null) continue;
    const { votes, correct } = answers.get(answer) ?? { votes: 0, correct: 0 };
    answers.set(answer, { votes: votes + 1, correct: correct + (isCorrect ? 1 : 0) });
  }
  return [...answers.values()];
}

/** Number of N-subsets that the answer wins, a subset tied between t + 1 answers counting 1 / (t + 1). */
function winningSubsets(votes: number, others: readonly number[], silent: number, N: number): number {
  let total = 0;
  for (let c = 1; c <= Math.min(votes, N); c++) {
    const rest = N - c;
    let ways = silentWays(rest, c, silent);
    for (const other of others) ways = addAnswer(ways, other, c);
    for (const [t, row] of ways.entries()) total += (binomial(votes, c) * (row[rest] ?? 0)) / (t + 1);
  }
  return total;
}

/** `[t][z]`: subsets of z other candidates in which t answers have exactly c votes and none has more. */
type Ways = readonly (readonly number[])[];

/** Of the candidates without an answer alone. */
function silentWays(rest: number, c: number, silent: number): Ways {
  return Array.from({ length: Math.floor(rest / c) + 1 }, (_, t) =>
    Array.from({ length: rest + 1 }, (_, z) => (t === 0 ? binomial(silent, z) : 0)),
  );
}

/** Multiplies by one answer's factor: fewer than c votes leave t as it is, exactly c raise it by one. */
function addAnswer(ways: Ways, votes: number, c: number): Ways {
  const next = ways.map((row) => row.map(() => 0));
  for (const [t, row] of ways.entries()) {
    for (const [z, count] of row.entries()) {
      if (count === 0) continue;
      for (let j = 0; j <= Math.min(c, votes, row.length - 1 - z); j++) {
        const target = next[j === c ? t + 1 : t];
        if (target !== undefined) target[z + j] = (target[z + j] ?? 0) + count * binomial(votes, j);
      }
    }
  }
  return next;
}

/** C(n, k) in float64: exact while below 2^53, correct to a few units in the last place beyond. */
function binomial(n: number, k: number): number {
  if (k > n) return 0;
  let result = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) result = (result * (n - i + 1)) / i;
  return result;
}
