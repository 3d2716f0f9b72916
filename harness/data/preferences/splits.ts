/** Train, dev and test by group: files of their own, or shares of the train file's groups. */
import { UserError } from '../../spec/index.ts';
import type { DropCounts } from '../preference-pair.ts';
import { splitByGroup, type Splits, type Unsplit } from '../split-groups.ts';
import { groupsOf } from './groups.ts';
import type { GroupOf, Question } from './question.ts';

type SplitName = 'train' | 'dev' | 'test';

/**
 * A group that stands in the test file is taken out of dev and train, one that stands in the dev file out of train.
 *
 * @param required Splits that must have a pair.
 * @throws UserError (2) where one of them would be empty.
 */
export function splitQuestions(
  unsplit: Unsplit<Question>,
  name: string,
  seed: number,
  required: readonly SplitName[] = ['train', 'dev', 'test'],
): Splits<Question> & { readonly groupOf: GroupOf; readonly counts: DropCounts } {
  const { train, dev, test } = unsplit;
  const groupOf = groupsOf([train, dev, test].flatMap((split) => (typeof split === 'number' ? [] : split)));
  const splits = splitByGroup(unsplit, { groupOf, seed, stream: ['preferences', 'split'] });
  refuseEmpty(splits, required, { name, counts: splits.counts });
  return { ...splits, groupOf };
}

/** What was left out of a split since its groups are in another; empty where nothing was. */
export function leakage(counts: DropCounts, split: string): string {
  return Object.entries(counts)
    .filter(([reason, count]) => count > 0 && reason.startsWith(`${split}: `))
    .map(([reason, count]) => `left out: ${count} rows, ${reason.slice(split.length + 2)}`)
    .join('; ');
}

function refuseEmpty(
  splits: Splits<Question>,
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
