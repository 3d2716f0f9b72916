/**
 * Outcomes on single test pairs, resampled: how the accuracy difference of two trials would vary with another draw of
 * test pairs. Pairs of one group (a question, twins of questions) tend to come out alike, so groups are drawn whole.
 */
import { defaultHeadline, withinSourceAccuracy } from '../kinds/metrics.ts';
import { randomStream } from '../random/index.ts';
import type { PairOutcomes } from '../record/trial-result.ts';
import { drawGroupWeights, resampledMeans } from '../stats/index.ts';
import { unique } from './distinct.ts';

interface ResampledOutcomes {
  readonly items: number;
  readonly groups: number;
  /**
   * Treatment minus reference in strict accuracy, one value a draw of groups; the draws are the same for all trials
   * on these test pairs.
   */
  readonly differences: Float64Array;
}

/** Trial ids. */
export interface TrialPair {
  readonly treatment: string;
  readonly reference: string;
}

export interface OutcomeTable {
  /** Mean over the given pairs of trials; null unless all of them are recorded on the same test pairs. */
  resampledDifference(pairs: readonly TrialPair[]): ResampledOutcomes | null;
}

/** The table of the pairs that a metric is the accuracy on; null for a metric that is none. */
export type OutcomesOf = (metric: string) => OutcomeTable | null;

const resamples = 1000;

interface Row {
  /** The sorted ids with their groups as one string: equal strings, equal columns. */
  readonly items: string;
  /** Of each item. */
  readonly groups: readonly string[];
  /** 1 for a strictly higher reward of the chosen response, else 0: ties earn nothing, as in pairwise accuracy. */
  readonly right: Float64Array;
}

export function outcomeTables(outcomes: readonly PairOutcomes[], seed: string): OutcomesOf {
  const all = outcomeTable(outcomes, seed);
  const within = outcomeTable(outcomes.map(ofOneSource), seed);
  return (metric) => (metric === defaultHeadline ? all : metric === withinSourceAccuracy ? within : null);
}

function ofOneSource({ correct, withinSource, ...outcomes }: PairOutcomes): PairOutcomes {
  return { ...outcomes, withinSource, correct: new Map([...correct].filter(([id]) => withinSource.has(id))) };
}

function outcomeTable(outcomes: readonly PairOutcomes[], seed: string): OutcomeTable {
  const rows = new Map(outcomes.map((outcome) => [outcome.trialId, rowOf(outcome)]));
  const groupsOf = new Map([...rows.values()].map(({ items, groups }) => [items, groups]));
  const weightsOf = memo((items: string) => {
    const groups = groupsOf.get(items) as Row['groups'];
    return drawGroupWeights(groups, resamples, randomStream(0, 'report', seed, 'items', groups.length).uniform);
  });
  const accuracies = memo((trialId: string) => {
    const { right, items } = rows.get(trialId) as Row;
    return resampledMeans(right, weightsOf(items));
  });
  return {
    resampledDifference(pairs) {
      const items = rows.get(pairs[0]?.treatment ?? '')?.items ?? '';
      const trials = pairs.flatMap(({ treatment, reference }) => [treatment, reference]);
      if (items === '' || trials.some((trial) => rows.get(trial)?.items !== items)) return null;
      const groups = groupsOf.get(items) as Row['groups'];
      return { items: groups.length, groups: unique(groups).length, differences: meanDifferences(pairs, accuracies) };
    },
  };
}

function rowOf({ correct, groups: groupOf }: PairOutcomes): Row {
  const ids = [...correct.keys()].toSorted();
  const groups = ids.map((id) => groupOf.get(id) ?? id);
  const items = ids.map((id, index) => JSON.stringify([id, groups[index]])).join('\n');
  return { items, groups, right: Float64Array.from(ids, (id) => (correct.get(id) === 1 ? 1 : 0)) };
}

/** One value a draw of groups: the mean over the pairs of trials. */
function meanDifferences(pairs: readonly TrialPair[], accuracies: (trialId: string) => Float64Array): Float64Array {
  const differences = new Float64Array(resamples);
  for (const { treatment, reference } of pairs) {
    const [a, b] = [accuracies(treatment), accuracies(reference)];
    for (let draw = 0; draw < resamples; draw++)
      differences[draw] = (differences[draw] as number) + ((a[draw] as number) - (b[draw] as number)) / pairs.length;
  }
  return differences;
}

function memo<K, V>(compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}
