/**
 * How much the test pairs of a task can tell. Pairs of one group (a question, twins) come out alike, so there are fewer
 * independent ones than pairs.
 */
import type { LengthOutcomes, PairOutcomes, TrialResult } from '../record/trial-result.ts';
import { clusteredShare, type ClusteredShare } from '../stats/index.ts';
import { unique } from './distinct.ts';

/** Of one task. */
export interface TestPairs {
  readonly task: string;
  /**
   * Independent pairs that would tell as much about a trial as the recorded ones do; the least over all trials. null
   * where outcomes of single pairs are not recorded.
   */
  readonly effectiveN: number | null;
  /** The share that choosing the longest or the shortest response gets right; null where lengths are not recorded. */
  readonly longest: ClusteredShare | null;
  readonly shortest: ClusteredShare | null;
  /** As `longest`, on the pairs of one source; null where these are none or all. */
  readonly longestWithinSource: (ClusteredShare & { readonly pairs: number }) | null;
}

export function testPairsOf(
  trials: readonly TrialResult[],
  outcomes: readonly PairOutcomes[],
  lengths: readonly LengthOutcomes[],
): readonly TestPairs[] {
  const taskOf = new Map(trials.map(({ trialId, task }) => [trialId, task]));
  return unique(trials.map(({ task }) => task)).map((task) => {
    const sizes = outcomes.filter(({ trialId }) => taskOf.get(trialId) === task).map(effectiveNumber);
    const length = lengths.find((one) => one.task === task);
    return {
      task,
      effectiveN: sizes.length === 0 ? null : Math.min(...sizes),
      longest: length === undefined ? null : shareOf(length.longest, length.groups),
      shortest:
        length === undefined
          ? null
          : shareOf(
              length.longest.map((right) => 1 - right),
              length.groups,
            ),
      longestWithinSource: length === undefined ? null : withinSourceOf(length),
    };
  });
}

function withinSourceOf({ longest, groups, isWithinSource }: LengthOutcomes): TestPairs['longestWithinSource'] {
  const isOf = (_: unknown, index: number): boolean => isWithinSource[index] === true;
  const ours = longest.filter(isOf);
  if (ours.length === 0 || ours.length === longest.length) return null;
  return { ...shareOf(ours, groups.filter(isOf)), pairs: ours.length };
}

function effectiveNumber({ correct, groups }: PairOutcomes): number {
  const ids = [...correct.keys()];
  return shareOf(
    ids.map((id) => correct.get(id) ?? 0),
    ids.map((id) => groups.get(id) ?? id),
  ).effectiveN;
}

function shareOf(values: readonly number[], groups: readonly string[]): ClusteredShare {
  const isGrouped = unique(groups).length < groups.length;
  return clusteredShare(values, groups, { unit: isGrouped ? 'groups of test pairs' : 'test pairs' });
}
