/** What scores of pools amount to: best-of-N for every N, and the pick among all candidates of each question. */
import {
  bestOfN,
  hasAnswers,
  longestAtN,
  majorityAtN,
  passAtN,
  questionsOf,
  randomAtN,
  shortestAtN,
  type AtN,
  type Item,
} from '../eval/index.ts';
import { estimate, type Estimate } from './measure-pairs.ts';

type Questions = readonly (readonly Item[])[];
type Ranker = (items: readonly Item[], Ns: readonly number[]) => readonly AtN[];

export interface NamedEstimate {
  readonly name: string;
  readonly estimate: Estimate;
}

/** Exact expectations over all subsets of N candidates, over the questions that have as many. */
export interface BestOfN {
  readonly N: number;
  readonly model: Estimate;
  readonly questions: number;
  /** Questions with fewer candidates. */
  readonly excluded: number;
  readonly baselines: readonly { readonly name: string; readonly value: number }[];
}

export interface PoolMeasure {
  readonly questions: number;
  readonly groups: number;
  /** A question has. */
  readonly candidates: { readonly least: number; readonly most: number };
  /** The pick among all candidates of each question, ties shared: accuracy where the candidates are options. */
  readonly ofAll: Estimate;
  /** A right candidate stands alone on top. */
  readonly alone: Estimate;
  /** Of the best right candidate, behind wrong ones of the same score; 0 where none is right. */
  readonly meanReciprocalRank: number;
  readonly baselines: readonly NamedEstimate[];
  readonly bestOf: readonly BestOfN[];
}

/** null without questions. All rewards must be finite. */
export function measurePool(items: readonly Item[], hasLengths: boolean): PoolMeasure | null {
  const questions = questionsOf(items);
  if (questions.length === 0) return null;
  const groups = groupsOf(questions);
  const sizes = questions.map((candidates) => candidates.length);
  const most = Math.max(...sizes);
  const rankers = rankersOf(items, hasLengths);
  return {
    questions: questions.length,
    groups: new Set(groups).size,
    candidates: { least: Math.min(...sizes), most },
    ofAll: estimate(picks(questions, bestOfN), groups),
    alone: estimate(questions.map(isAlone), groups),
    meanReciprocalRank: questions.map(reciprocalRank).reduce((sum, one) => sum + one, 0) / questions.length,
    baselines: Object.entries(rankers).map(([name, ranker]) => ({
      name,
      estimate: estimate(picks(questions, ranker), groups),
    })),
    bestOf: bestOf(items, questions, rankers, most),
  };
}

const groupsOf = (questions: Questions): readonly string[] => questions.map(([first]) => first?.group ?? '');

function rankersOf(items: readonly Item[], hasLengths: boolean): Readonly<Record<string, Ranker>> {
  return {
    random: randomAtN,
    ...(hasLengths ? { longest: longestAtN, shortest: shortestAtN } : {}),
    ...(hasAnswers(items) ? { majority: majorityAtN } : {}),
    pass: passAtN,
  };
}

/** Expected correctness of the pick among all candidates of each question. */
export function picks(questions: Questions, ranker: Ranker): readonly number[] {
  return questions.map((candidates) => ranker(candidates, [candidates.length])[0]?.value ?? NaN);
}

function isAlone(candidates: readonly Item[]): number {
  const best = Math.max(...candidates.map(({ reward }) => reward));
  const top = candidates.filter(({ reward }) => reward === best);
  return top.length === 1 && top[0]?.isCorrect === true ? 1 : 0;
}

function reciprocalRank(candidates: readonly Item[]): number {
  const right = candidates.filter(({ isCorrect }) => isCorrect).map(({ reward }) => reward);
  if (right.length === 0) return 0;
  const best = Math.max(...right);
  return 1 / (1 + candidates.filter(({ isCorrect, reward }) => !isCorrect && reward >= best).length);
}

function bestOf(
  items: readonly Item[],
  questions: Questions,
  rankers: Readonly<Record<string, Ranker>>,
  most: number,
): readonly BestOfN[] {
  const Ns = everyN(most);
  const values = questions.map((candidates) => bestOfN(candidates, Ns));
  const baselines = Object.entries(rankers).map(([name, ranker]) => ({ name, atN: ranker(items, Ns) }));
  const groups = groupsOf(questions);
  return Ns.map((N, index) => {
    const counted = values.flatMap((atN, question) => ((atN[index]?.questions ?? 0) > 0 ? [question] : []));
    const model = estimate(
      counted.map((question) => values[question]?.[index]?.value ?? NaN),
      counted.map((question) => groups[question] ?? ''),
    );
    const excluded = questions.length - counted.length;
    const others = baselines.map(({ name, atN }) => ({ name, value: atN[index]?.value ?? NaN }));
    return { N, model, questions: counted.length, excluded, baselines: others };
  });
}

const smallN = 64;

/** Every N up to 64, and then the powers of two and the largest. */
function everyN(most: number): readonly number[] {
  const Ns = Array.from({ length: most }, (_, index) => index + 1);
  return Ns.filter((N) => N <= smallN || isShownN(N, most));
}

/** The powers of two, and the largest N. */
export function isShownN(N: number, most: number): boolean {
  return N === most || Number.isInteger(Math.log2(N));
}
