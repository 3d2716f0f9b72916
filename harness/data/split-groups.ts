/** Train, dev and test by group: rows of their own, or shares of the groups of `train`. */
import { randomStream } from '../random/index.ts';
import type { DropCounts } from './preference-pair.ts';

export interface Unsplit<Row> {
  readonly train: readonly Row[];
  /** Rows of its own, or the share of the groups of `train` that is taken for it. */
  readonly dev: readonly Row[] | number;
  readonly test: readonly Row[] | number;
}

export interface Splits<Row> {
  readonly train: readonly Row[];
  readonly dev: readonly Row[];
  readonly test: readonly Row[];
}

export interface SplitOptions<Row> {
  readonly groupOf: (row: Row) => string;
  readonly seed: number;
  /** Names of the random stream that shares are drawn from. */
  readonly stream: readonly string[];
}

/**
 * A group that stands in the rows of test is taken out of dev and train, one that stands in those of dev out of train;
 * `counts` says how many rows that cost. Shares are drawn from what is left, at least one group each.
 */
export function splitByGroup<Row>(
  { train, dev, test }: Unsplit<Row>,
  options: SplitOptions<Row>,
): Splits<Row> & { readonly counts: DropCounts } {
  const { groupOf } = options;
  const devRows = without(listed(dev), listed(test), groupOf);
  const besideTest = without(train, listed(test), groupOf);
  const rest = without(besideTest, devRows, groupOf);
  const drawn = drawShares(rest, { dev, test }, options);
  const restFor = (split: 'train' | 'dev' | 'test'): readonly Row[] =>
    rest.filter((row) => (drawn.get(groupOf(row)) ?? 'train') === split);
  return {
    train: restFor('train'),
    dev: [...devRows, ...restFor('dev')],
    test: [...listed(test), ...restFor('test')],
    counts: {
      'train: group also in test': train.length - besideTest.length,
      'train: group also in dev': besideTest.length - rest.length,
      'dev: group also in test': listed(dev).length - devRows.length,
    },
  };
}

function listed<Row>(split: readonly Row[] | number): readonly Row[] {
  return typeof split === 'number' ? [] : split;
}

function without<Row>(
  rows: readonly Row[],
  others: readonly Row[],
  groupOf: SplitOptions<Row>['groupOf'],
): readonly Row[] {
  const taken = new Set(others.map(groupOf));
  return rows.filter((row) => !taken.has(groupOf(row)));
}

function drawShares<Row>(
  rows: readonly Row[],
  { dev, test }: Pick<Unsplit<Row>, 'dev' | 'test'>,
  { groupOf, seed, stream }: SplitOptions<Row>,
): ReadonlyMap<string, 'dev' | 'test'> {
  const groups = [...new Set(rows.map(groupOf))];
  const sizeOf = (split: readonly Row[] | number): number =>
    typeof split === 'number' ? Math.max(1, Math.round(split * groups.length)) : 0;
  const order = randomStream(seed, ...stream).shuffled(groups);
  const testEnd = sizeOf(test);
  return new Map([
    ...order.slice(0, testEnd).map((group) => [group, 'test'] as const),
    ...order.slice(testEnd, testEnd + sizeOf(dev)).map((group) => [group, 'dev'] as const),
  ]);
}
