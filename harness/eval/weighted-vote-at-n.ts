/**
 * Reward-weighted vote (weighted best-of-N; Li et al. 2023, arXiv 2206.02336, sum the verifier's scores of each
 * answer): the final answer with the largest sum of weights in a random N-subset wins, ties are split evenly.
 *
 * Their scores are probabilities. A reward of a Bradley-Terry model is known only up to a constant, and a plain sum
 * would change with it; so a candidate weighs exp(reward). The share of an answer's weights is then the probability
 * that the best response gives this answer (Plackett-Luce), and adding a constant to all rewards changes nothing.
 *
 * No formula is known that counts all subsets. Where they are few they are looked at one by one; else some are drawn,
 * from a stream that the question names, and the error of drawing is told.
 */
import { randomStream, type RandomStream } from '../random/index.ts';
import { answerVotes } from './answers.ts';
import type { Item } from './item.ts';
import { meanAtN, type AtN, type Expectation, type PoolRule } from './subsets.ts';

export interface VoteEffort {
  /** Votes that are counted before subsets are drawn instead: the number of subsets times N. */
  readonly mostVotes: number;
  /** Subsets that are drawn of a question. */
  readonly draws: number;
}

/** All subsets of up to 16 candidates; of 256 those of 1, 2, 255 and 256. */
const usualEffort: VoteEffort = { mostVotes: 2 ** 17, draws: 128 };

export function weightedVoteAtN(
  items: readonly Item[],
  Ns: readonly number[],
  effort: VoteEffort = usualEffort,
): AtN[] {
  return meanAtN(items, Ns, (candidates, sizes) => expectedVotes(candidates, sizes, effort));
}

export const weightedVote: PoolRule = (candidates, Ns) => expectedVotes(candidates, Ns, usualEffort);

function expectedVotes(
  candidates: readonly Item[],
  Ns: readonly number[],
  { mostVotes, draws }: VoteEffort,
): readonly Expectation[] {
  const ballot = new Ballot(candidates);
  const isDrawn = (N: number): boolean => subsetsUpTo(candidates.length, N, mostVotes) * N > mostVotes;
  const estimates = drawnVotes(ballot, Ns.filter(isDrawn), draws, voteStream(candidates));
  return Ns.map((N) => estimates.get(N) ?? { value: countedVote(ballot, N), variance: 0 });
}

function voteStream([first]: readonly Item[]): RandomStream {
  return randomStream(0, 'weighted-vote', first?.itemId ?? '');
}

/** C(n, N), or a number above `limit` as soon as it is known to be above. */
function subsetsUpTo(n: number, N: number, limit: number): number {
  let count = 1;
  for (let k = 1; k <= Math.min(N, n - N) && count <= limit; k++) count = (count * (n - k + 1)) / k;
  return count;
}

/** Sums that differ by less than this share are equal but for the order in which they were added. */
const rounding = 1e-12;

/** The smallest normal number: smaller ones are 0 on a thread that has loaded ONNX Runtime. */
const smallestWeight = 2 ** -1022;

/** Counts the votes of some of a question's candidates. */
class Ballot {
  readonly size: number;
  /** By candidate. */
  readonly #weights: Float64Array;
  /** By candidate: number of its answer; -1 = casts no vote. */
  readonly #answers: Int32Array;
  /** By answer. */
  readonly #worth: readonly number[];
  readonly #sums: Float64Array;
  /** Answers with a vote: the first `#count` of them. */
  readonly #named: Int32Array;
  #count = 0;

  constructor(candidates: readonly Item[]) {
    const rewards = candidates.map(({ reward }) => Math.fround(reward));
    const highest = rewards.reduce((most, reward) => Math.max(most, reward), -Infinity);
    const answers = answerVotes(candidates);
    const numbers = new Map(answers.map(({ answer }, number) => [answer, number]));
    this.size = candidates.length;
    // Never 0: in a subset of low rewards alone somebody must win, and `add` takes a sum of 0 for a new answer.
    this.#weights = Float64Array.from(rewards, (reward) => Math.max(smallestWeight, Math.exp(reward - highest)));
    this.#answers = Int32Array.from(candidates, ({ answer }) =>
      answer === null ? -1 : (numbers.get(answer) as number),
    );
    this.#worth = answers.map(({ worth }) => worth);
    this.#sums = new Float64Array(answers.length);
    this.#named = new Int32Array(answers.length);
  }

  clear(): void {
    for (let k = 0; k < this.#count; k++) this.#sums[this.#named[k] as number] = 0;
    this.#count = 0;
  }

  add(candidate: number): void {
    const answer = this.#answers[candidate] as number;
    if (answer === -1) return;
    const sum = this.#sums[answer] as number;
    if (sum === 0) this.#named[this.#count++] = answer;
    this.#sums[answer] = sum + (this.#weights[candidate] as number);
  }

  /** What the vote is worth; 0 where nobody voted. */
  worth(): number {
    let most = 0;
    for (let k = 0; k < this.#count; k++) most = Math.max(most, this.#sums[this.#named[k] as number] as number);
    let winners = 0;
    let worth = 0;
    for (let k = 0; k < this.#count; k++) {
      const answer = this.#named[k] as number;
      if ((this.#sums[answer] as number) < most * (1 - rounding)) continue;
      winners += 1;
      worth += this.#worth[answer] as number;
    }
    return winners === 0 ? 0 : worth / winners;
  }
}

/** The mean over all subsets of N. */
function countedVote(ballot: Ballot, N: number): number {
  const subset = Int32Array.from({ length: N }, (_, index) => index);
  let sum = 0;
  let count = 0;
  do {
    ballot.clear();
    for (const candidate of subset) ballot.add(candidate);
    sum += ballot.worth();
    count += 1;
  } while (advance(subset, ballot.size));
  return sum / count;
}

/** The next subset in lexicographic order; false behind the last. */
function advance(subset: Int32Array, size: number): boolean {
  let place = subset.length - 1;
  while (place >= 0 && subset[place] === size - subset.length + place) place -= 1;
  if (place < 0) return false;
  const next = (subset[place] as number) + 1;
  for (let k = place; k < subset.length; k++) subset[k] = next + k - place;
  return true;
}

/** Means over drawn subsets; those of a smaller N are the beginnings of those of a larger one. */
function drawnVotes(
  ballot: Ballot,
  Ns: readonly number[],
  draws: number,
  { integer }: RandomStream,
): ReadonlyMap<number, Expectation> {
  if (Ns.length === 0) return new Map();
  const worths = new Map(Ns.map((N) => [N, new Float64Array(draws)]));
  const most = Math.max(...Ns);
  const order = Int32Array.from({ length: ballot.size }, (_, index) => index);
  for (let draw = 0; draw < draws; draw++) {
    ballot.clear();
    for (let k = 0; k < most; k++) {
      const other = k + integer(ballot.size - k);
      [order[k], order[other]] = [order[other] as number, order[k] as number];
      ballot.add(order[k] as number);
      const drawn = worths.get(k + 1);
      if (drawn !== undefined) drawn[draw] = ballot.worth();
    }
  }
  return new Map([...worths].map(([N, values]) => [N, meanOf(values)]));
}

function meanOf(values: Float64Array): Expectation {
  const value = values.reduce((sum, one) => sum + one, 0) / values.length;
  const squares = values.reduce((sum, one) => sum + (one - value) ** 2, 0);
  return { value, variance: squares / (values.length - 1) / values.length };
}
