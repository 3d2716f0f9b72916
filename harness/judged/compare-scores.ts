/** Two sets of scores of the same task, compared item by item: differences with intervals over groups. */
import { bestOfN, pairsOf, questionsOf, type Item } from '../eval/index.ts';
import { randomStream } from '../random/index.ts';
import { UserError } from '../spec/user-error.ts';
import { clusteredDifference, type ClusteredDifference } from '../stats/index.ts';
import { credit, strict } from './measure-pairs.ts';
import { isShownN, picks } from './measure-pool.ts';

export interface ComparedMetric {
  readonly name: string;
  readonly first: number;
  readonly second: number;
  /** First minus second. */
  readonly difference: ClusteredDifference;
}

export interface Comparison {
  readonly metrics: readonly ComparedMetric[];
  /** Pairs and questions that only one of the two has. */
  readonly onlyInFirst: number;
  readonly onlyInSecond: number;
}

/** One pair or question under both. */
interface Both {
  readonly group: string;
  readonly first: readonly Item[];
  readonly second: readonly Item[];
}

/** @throws UserError (2) where they have nothing in common, or the labels of an item differ. */
export function compareScores(first: readonly Item[], second: readonly Item[]): Comparison {
  const pairs = shared(first, second, 'pairs');
  const pool = shared(first, second, 'pool');
  const common = pairs.both.length + pool.both.length;
  if (common === 0)
    throw new UserError('no pair and no question is in both', {
      exitCode: 2,
      hint: 'Compare scores of the same task and split.',
    });
  return {
    metrics: [...pairMetrics(pairs.both), ...poolMetrics(pool.both)],
    onlyInFirst: pairs.onlyInFirst + pool.onlyInFirst,
    onlyInSecond: pairs.onlyInSecond + pool.onlyInSecond,
  };
}

function shared(
  first: readonly Item[],
  second: readonly Item[],
  set: Item['set'],
): { readonly both: readonly Both[]; readonly onlyInFirst: number; readonly onlyInSecond: number } {
  const [left, right] = [first, second].map((items) => itemsById(items, set)) as [ById, ById];
  const both = [...left].flatMap(([id, items]) => {
    const others = right.get(id);
    return others === undefined ? [] : [bothOf(id, items, others)];
  });
  return { both, onlyInFirst: left.size - both.length, onlyInSecond: right.size - both.length };
}

type ById = ReadonlyMap<string, readonly Item[]>;

function itemsById(items: readonly Item[], set: Item['set']): ById {
  if (set === 'pool') return new Map(questionsOf(items).map((candidates) => [candidates[0]?.itemId ?? '', candidates]));
  return new Map(pairsOf(items).map(({ itemId, chosen, rejected }) => [itemId, [chosen, rejected]]));
}

function bothOf(id: string, first: readonly Item[], second: readonly Item[]): Both {
  const labels = (items: readonly Item[]): string => JSON.stringify(items.map(({ isCorrect }) => isCorrect));
  if (labels(first) !== labels(second))
    throw new UserError(`${id}: the two say differently which responses are right`, {
      exitCode: 2,
      hint: 'Compare scores of the same task, graded by the same grader.',
    });
  const broken = [...first, ...second].find(({ reward }) => !Number.isFinite(reward));
  if (broken !== undefined)
    throw new UserError(`${id}: a score is not finite`, {
      exitCode: 5,
      hint: 'Nothing is concluded from such scores.',
    });
  return { group: first[0]?.group ?? id, first, second };
}

function pairMetrics(both: readonly Both[]): readonly ComparedMetric[] {
  if (both.length === 0) return [];
  const credits = (side: 'first' | 'second'): readonly number[] =>
    both.map((one) => credit(one[side][0]?.reward ?? NaN, one[side][1]?.reward ?? NaN));
  const [first, second] = [credits('first'), credits('second')];
  return [
    compared('pairwise accuracy', both, first.map(strict), second.map(strict)),
    compared('with half credit for ties', both, first, second),
  ];
}

function poolMetrics(both: readonly Both[]): readonly ComparedMetric[] {
  if (both.length === 0) return [];
  const most = Math.max(...both.map(({ first }) => first.length));
  const Ns = Array.from({ length: most }, (_, index) => index + 1).filter((N) => N > 1 && isShownN(N, most));
  const ofAll = compared(
    'best of all candidates',
    both,
    picks(
      both.map(({ first }) => first),
      bestOfN,
    ),
    picks(
      both.map(({ second }) => second),
      bestOfN,
    ),
  );
  return [ofAll, ...Ns.map((N) => bestOfNCompared(both, N))];
}

/** Over the questions with as many candidates. */
function bestOfNCompared(both: readonly Both[], N: number): ComparedMetric {
  const counted = both.filter(({ first }) => first.length >= N);
  const values = (side: 'first' | 'second'): readonly number[] =>
    counted.map((one) => bestOfN(one[side], [N])[0]?.value ?? NaN);
  return compared(`best of ${N}`, counted, values('first'), values('second'));
}

function compared(
  name: string,
  both: readonly Both[],
  first: readonly number[],
  second: readonly number[],
): ComparedMetric {
  const groups = both.map(({ group }) => group);
  const { uniform } = randomStream(0, 'compared scores', name);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const difference = clusteredDifference(first, second, groups, { uniform });
  return { name, first: mean(first), second: mean(second), difference };
}
