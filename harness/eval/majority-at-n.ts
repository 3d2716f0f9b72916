/**
 * Majority vote (self-consistency) over a random N-subset: the most frequent final answer wins, ties are split evenly.
 * Equivalent answers have one text, which the grader gives them. Exact, by counting subsets.
 *
 * For an answer given by m of n candidates to win with c votes beside t others that also have c, the rest of the subset
 * must come from the other answers, each with at most c votes. Were every candidate drawn on its own with probability
 * p, the number of votes of an answer would be binomial and the answers independent; under the condition that N are
 * drawn, all subsets of N are equally likely whatever p. So the share of subsets is
 *   P(m, c) * [z^(N-c) u^t] prod_b ( sum_{j<c} P(m_b, j) z^j + u P(m_b, c) z^c ) / P(n, N)
 * with P(m, j) the binomial probability, and the answer earns 1 / (t + 1) of it. An answer with fewer than c votes
 * cannot tie, and its factor is whole: all such answers, and the candidates that cast no vote, are one binomial factor.
 * All terms are positive, so float64 is accurate to rounding. A subset without any vote is counted as wrong.
 */
import { answerVotes } from './answers.ts';
import type { Item } from './item.ts';
import { meanAtN, type AtN, type PoolRule } from './subsets.ts';

export function majorityAtN(items: readonly Item[], Ns: readonly number[]): AtN[] {
  return meanAtN(items, Ns, byMajority);
}

export const byMajority: PoolRule = (candidates, Ns) => {
  const most = Math.max(0, ...Ns);
  const rows = new BinomialRows(drawProbability(candidates.length, most), most);
  const answers = answerVotes(candidates);
  const earned = new Float64Array(Ns.length);
  for (const [index, { votes, worth }] of answers.entries()) {
    if (worth === 0) continue;
    const others = answers.filter((_, other) => other !== index).map((other) => other.votes);
    addWins(earned, Ns, worth, { votes, others, rest: candidates.length - votes, rows });
  }
  const all = rows.of(candidates.length);
  return Ns.map((N, index) => ({ value: (earned[index] as number) / (all[N] as number), variance: 0 }));
};

/**
 * Any p gives the same result; this one keeps all terms inside the range of float64 for pools of up to 1,000
 * candidates, and for larger ones up to N = 600.
 */
function drawProbability(candidates: number, most: number): number {
  return Math.min(0.5, most / candidates);
}

/** Probabilities of 0..`most` successes among n draws, by n. */
class BinomialRows {
  readonly #p: number;
  readonly most: number;
  readonly #known = new Map<number, Float64Array>();

  constructor(p: number, most: number) {
    this.#p = p;
    this.most = most;
  }

  of(n: number): Float64Array {
    const row = this.#known.get(n) ?? this.#row(n);
    this.#known.set(n, row);
    return row;
  }

  #row(n: number): Float64Array {
    const row = new Float64Array(this.most + 1);
    const odds = this.#p / (1 - this.#p);
    row[0] = (1 - this.#p) ** n;
    for (let k = 1; k <= Math.min(n, this.most); k++) row[k] = ((row[k - 1] as number) * odds * (n - k + 1)) / k;
    return row;
  }
}

interface Contest {
  readonly votes: number;
  /** Votes of every other answer. */
  readonly others: readonly number[];
  /** Candidates that do not give the answer. */
  readonly rest: number;
  readonly rows: BinomialRows;
}

/** Adds, for every N, the probability that N are drawn and the answer wins, a tie of t + 1 counting 1 / (t + 1). */
function addWins(earned: Float64Array, Ns: readonly number[], worth: number, contest: Contest): void {
  const { votes, others, rest, rows } = contest;
  for (let c = 1; c <= Math.min(votes, rows.most); c++) {
    const rivals = others.filter((other) => other >= c);
    const drawn = rivals.map((rival) => rows.of(rival));
    const shares = sharedWins(drawn, c, rows.most - c);
    const free = rows.of(rivals.reduce((left, rival) => left - rival, rest));
    const own = (rows.of(votes)[c] as number) * worth;
    for (const [index, N] of Ns.entries())
      if (N >= c) earned[index] = (earned[index] as number) + own * convolvedAt(N - c, shares, free);
  }
}

/** Entry z of the product of two polynomials. */
function convolvedAt(z: number, a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = Math.min(z, a.length - 1); k >= 0; k--) sum += (a[k] as number) * (b[z - k] as number);
  return sum;
}

/**
 * Entry z: the probability that z of the rivals' candidates are drawn and no rival has more than c votes, each case
 * divided by one more than the number t of rivals that have exactly c.
 */
function sharedWins(rivals: readonly Float64Array[], c: number, limit: number): Float64Array {
  const mostTied = Math.min(rivals.length, Math.floor(limit / c));
  const mostDrawn = Math.min(limit, rivals.length * c);
  const ways = Array.from({ length: mostTied + 1 }, () => new Float64Array(mostDrawn + 1));
  (ways[0] as Float64Array)[0] = 1;
  for (const [seen, rival] of rivals.entries()) multiply(ways, rival, c, seen);
  const shares = new Float64Array(mostDrawn + 1);
  for (const [t, row] of ways.entries())
    for (let z = t * c; z <= mostDrawn; z++) shares[z] = (shares[z] as number) + (row[z] as number) / (t + 1);
  return shares;
}

/**
 * Multiplies `ways[t][z]` in place by one rival's factor: fewer than c votes leave t as it is, exactly c raise it by
 * one. Of `seen` rivals, t c to t c + (seen - t) (c - 1) candidates are drawn.
 */
function multiply(ways: readonly Float64Array[], rival: Float64Array, c: number, seen: number): void {
  const tie = rival[c] as number;
  for (let t = Math.min(seen + 1, ways.length - 1); t >= 0; t--) {
    const row = ways[t] as Float64Array;
    const before = t === 0 ? null : (ways[t - 1] as Float64Array);
    const [low, high] = [t * c, Math.min(row.length - 1, t * c + (seen + 1 - t) * (c - 1))];
    for (let z = high; z >= low; z--) {
      let sum = before === null ? 0 : tie * (before[z - c] as number);
      for (let j = Math.min(c - 1, z - low); j >= 0; j--) sum += (row[z - j] as number) * (rival[j] as number);
      row[z] = sum;
    }
  }
}
