/** Labels of a file of scores that says itself which responses are right: no task is needed to judge it. */
import { UserError } from '../spec/user-error.ts';
import type { Gathered } from './gather.ts';
import type { LabelledItem, Labels } from './labels.ts';

/** @throws UserError (2) where a row does not say which of its responses is right. */
export function ownLabels(entries: readonly Gathered[]): Labels {
  const items = entries.map(labelledItem);
  const hasLengths = entries.every(({ own }) => own.lengths !== null);
  return {
    items: hasLengths ? items : items.map(withoutLengths),
    lengthUnit: hasLengths ? 'characters' : null,
  };
}

function labelledItem({ id, place, set, own, scores }: Gathered): LabelledItem {
  const { labels, lengths, answers, sources } = own;
  if (labels === null || (scores.kind === 'candidates' && hasGaps([...scores.scores.keys()]))) throw unlabelled(place);
  const candidates = labels.map((isCorrect, index) => ({
    isCorrect,
    length: lengths?.[index] ?? 0,
    answer: answers?.[index] ?? null,
    source: sources?.[index] ?? null,
  }));
  const [first, second] = sources ?? [];
  const isWithinSource = first !== undefined && first !== null && first === second;
  const isPair = set === 'pairs' && labels.length === 2 && labels[0] === true && labels[1] === false;
  return { set: isPair ? 'pairs' : 'pool', id, group: own.group ?? id, subset: own.subset, isWithinSource, candidates };
}

const hasGaps = (numbers: readonly number[]): boolean => Math.max(...numbers) >= numbers.length;

function withoutLengths(item: LabelledItem): LabelledItem {
  return { ...item, candidates: item.candidates.map((candidate) => ({ ...candidate, length: 0 })) };
}

function unlabelled(place: string): UserError {
  return new UserError(`${place}: does not say which responses are right`, {
    exitCode: 2,
    hint:
      'Name the task that was scored with --task (an experiment file, a task stage, or a kind of task), ' +
      'or give labels: chosen and rejected, or isCorrect.',
  });
}
