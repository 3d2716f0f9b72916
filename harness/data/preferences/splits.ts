/** Train, dev and test by group: files of their own, or shares of the train file's groups. */
import { randomStream } from '../../random/index.ts';
import { UserError } from '../../spec/index.ts';
import type { DropCounts } from '../preference-pair.ts';
import { groupsOf } from './groups.ts';
import type { GroupOf, Question } from './question.ts';

interface Unsplit {
  readonly train: readonly Question[];
  /** Questions of a file, or the share of the groups of `train`. */
  readonly dev: readonly Question[] | number;
  readonly test: readonly Question[] | number;
}

interface Splits {
  readonly train: readonly Question[];
  readonly dev: readonly Question[];
  readonly test: readonly Question[];
  readonly groupOf: GroupOf;
  readonly counts: DropCounts;
}

type SplitName = 'train' | 'dev' | 'test';

/**
 * A group that stands in the test file is taken out of dev and train, one that stands in the dev file out of train.
 *
 * @param required Splits that must have a pair.
 * @throws UserError (2) where one of them would be empty.
 */
export function splitQuestions(
  unsplit: Unsplit,
  name: string,
  seed: number,
  required: readonly SplitName[] = ['train', 'dev', 'test'],
): Splits {
  const { train, dev, test } = unsplit;
  const groupOf = groupsOf([...train, ...listed(dev), ...listed(test)]);
  const { rest, devFile, counts } = withoutShared(unsplit, groupOf);
  const drawn = drawShares([...new Set(rest.map(groupOf))], unsplit, seed);
  const restFor = (split: SplitName): readonly Question[] =>
    rest.filter((question) => (drawn.get(groupOf(question)) ?? 'train') === split);
  const splits = {
    train: restFor('train'),
    dev: [...devFile, ...restFor('dev')],
    test: [...listed(test), ...restFor('test')],
  };
  refuseEmpty(splits, required, { name, counts });
  return { ...splits, groupOf, counts };
}

/** What is left of the train file and the dev file without the groups that stand in a later split's file. */
function withoutShared(
  { train, dev, test }: Unsplit,
  groupOf: GroupOf,
): { readonly rest: readonly Question[]; readonly devFile: readonly Question[]; readonly counts: DropCounts } {
  const without = (questions: readonly Question[], others: readonly Question[]): readonly Question[] => {
    const taken = new Set(others.map(groupOf));
    return questions.filter((question) => !taken.has(groupOf(question)));
  };
  const devFile = without(listed(dev), listed(test));
  const besideTest = without(train, listed(test));
  const rest = without(besideTest, devFile);
  const counts = {
    'train: group also in test': train.length - besideTest.length,
    'train: group also in dev': besideTest.length - rest.length,
    'dev: group also in test': listed(dev).length - devFile.length,
  };
  return { rest, devFile, counts };
}

function listed(split: readonly Question[] | number): readonly Question[] {
  return typeof split === 'number' ? [] : split;
}

/** The groups that are taken for a share: at least one, however small it is. */
function drawShares(
  groups: readonly string[],
  { dev, test }: Pick<Unsplit, 'dev' | 'test'>,
  seed: number,
): ReadonlyMap<string, 'dev' | 'test'> {
  const sizeOf = (split: Unsplit['dev']): number =>
    typeof split === 'number' ? Math.max(1, Math.round(split * groups.length)) : 0;
  const order = randomStream(seed, 'preferences', 'split').shuffled(groups);
  const testEnd = sizeOf(test);
  return new Map([
    ...order.slice(0, testEnd).map((group) => [group, 'test'] as const),
    ...order.slice(testEnd, testEnd + sizeOf(dev)).map((group) => [group, 'dev'] as const),
  ]);
}

/** What was left out of a split since its groups are in another; empty where nothing was. */
export function leakage(counts: DropCounts, split: string): string {
  return Object.entries(counts)
    .filter(([reason, count]) => count > 0 && reason.startsWith(`${split}: `))
    .map(([reason, count]) => `left out: ${count} rows, ${reason.slice(split.length + 2)}`)
    .join('; ');
}

function refuseEmpty(
  splits: Pick<Splits, SplitName>,
  required: readonly SplitName[],
  { name, counts }: { readonly name: string; readonly counts: DropCounts },
): void {
  for (const split of required) {
    if (splits[split].some(({ preferences }) => preferences.length > 0)) continue;
    const why = leakage(counts, split);
    throw new UserError(`task ${name}: no pair is left for ${split}${why === '' ? '' : ` (${why})`}`, {
      exitCode: 2,
      hint: 'Splits are made of whole groups: give more groups, other shares, or files that share no group.',
    });
  }
}
