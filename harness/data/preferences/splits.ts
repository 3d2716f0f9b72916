/** Train, dev and test by group: files of their own, or shares of the train file's groups. */
import { randomStream } from '../../random/index.ts';
import { UserError } from '../../spec/index.ts';
import type { DropCounts } from '../preference-pair.ts';
import { groupsOf } from './groups.ts';
import type { Question } from './question.ts';

export interface Unsplit {
  readonly train: readonly Question[];
  /** Questions of a file, or the share of the groups of `train`. */
  readonly dev: readonly Question[] | number;
  readonly test: readonly Question[] | number;
}

export interface Splits {
  readonly train: readonly Question[];
  readonly dev: readonly Question[];
  readonly test: readonly Question[];
  readonly groups: ReadonlyMap<Question, string>;
  readonly counts: DropCounts;
}

/**
 * A group that stands in the test file is taken out of dev and train, one that stands in the dev file out of train.
 * @throws UserError (2) where a split would be empty.
 */
export function splitQuestions({ train, dev, test }: Unsplit, name: string, seed: number): Splits {
  const groups = groupsOf([...train, ...listed(dev), ...listed(test)]);
  const groupOf = (question: Question): string => groups.get(question) as string;
  const groupSet = (questions: readonly Question[]): ReadonlySet<string> => new Set(questions.map(groupOf));
  const without = (questions: readonly Question[], taken: ReadonlySet<string>): readonly Question[] =>
    questions.filter((question) => !taken.has(groupOf(question)));

  const devFile = without(listed(dev), groupSet(listed(test)));
  const behindTest = without(train, groupSet(listed(test)));
  const rest = without(behindTest, groupSet(devFile));
  const drawn = drawShares([...groupSet(rest)], { dev: shareOf(dev), test: shareOf(test) }, seed);
  const splits = {
    train: without(rest, new Set([...drawn.dev, ...drawn.test])),
    dev: [...devFile, ...rest.filter((question) => drawn.dev.has(groupOf(question)))],
    test: [...listed(test), ...rest.filter((question) => drawn.test.has(groupOf(question)))],
  };
  const counts = {
    'train: group also in test': train.length - behindTest.length,
    'train: group also in dev': behindTest.length - rest.length,
    'dev: group also in test': listed(dev).length - devFile.length,
  };
  refuseEmpty(splits, name, counts);
  return { ...splits, groups, counts };
}

function listed(split: readonly Question[] | number): readonly Question[] {
  return typeof split === 'number' ? [] : split;
}

function shareOf(split: readonly Question[] | number): number {
  return typeof split === 'number' ? split : 0;
}

/** At least one group for a share, however small. */
export function drawShares(
  groups: readonly string[],
  shares: { readonly dev: number; readonly test: number },
  seed: number,
): { readonly dev: ReadonlySet<string>; readonly test: ReadonlySet<string> } {
  const sizeOf = (share: number): number => (share === 0 ? 0 : Math.max(1, Math.round(share * groups.length)));
  const order = randomStream(seed, 'preferences', 'split').shuffled(groups);
  const test = order.slice(0, sizeOf(shares.test));
  const dev = order.slice(test.length, test.length + sizeOf(shares.dev));
  return { dev: new Set(dev), test: new Set(test) };
}

/** What was left out of a split since its groups are in another; empty where nothing was. */
export function leakage(counts: DropCounts, split: string): string {
  return Object.entries(counts)
    .filter(([reason, count]) => count > 0 && reason.startsWith(`${split}: `))
    .map(([reason, count]) => `left out: ${count} rows, ${reason.slice(split.length + 2)}`)
    .join('; ');
}

function refuseEmpty(splits: Pick<Splits, 'train' | 'dev' | 'test'>, name: string, counts: DropCounts): void {
  for (const split of ['train', 'dev', 'test'] as const) {
    if (splits[split].some(({ preferences }) => preferences.length > 0)) continue;
    const why = leakage(counts, split);
    throw new UserError(`task ${name}: no pair is left for ${split}${why === '' ? '' : ` (${why})`}`, {
      exitCode: 2,
      hint: 'Splits are made of whole groups: give more groups, other shares, or files that share no group.',
    });
  }
}
