/**
 * Outcomes on single test pairs, resampled: how the accuracy difference of two trials would vary with another draw of
 * test pairs.
 */
import { randomStream } from '../random/index.ts';
import type { PairOutcomes } from '../record/trial-result.ts';
import { drawWeights, resampledMeans } from '../stats/index.ts';

interface ResampledOutcomes {
  readonly items: number;
  /**
   * Treatment minus reference in strict accuracy, one value a draw of test pairs; the draws are the same for all trials
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

const resamples = 1000;

interface Row {
  /** The sorted ids as one string: equal strings, equal columns. */
  readonly items: string;
  /** 1 for a strictly higher reward of the chosen response, else 0: ties earn nothing, as in pairwise accuracy. */
  readonly right: Float64Array;
}

export function outcomeTable(outcomes: readonly PairOutcomes[], seed: string): OutcomeTable {
  const rows = new Map(outcomes.map((outcome) => [outcome.trialId, rowOf(outcome)]));
  const weightsOf = memo((items: number) =>
    drawWeights(items, resamples, randomStream(0, 'report', seed, 'items', items).uniform),
  );
  const accuracies = memo((trialId: string) => {
    const { right } = rows.get(trialId) as Row;
    return resampledMeans(right, weightsOf(right.length));
  });
  return {
    resampledDifference(pairs) {
      const items = rows.get(pairs[0]?.treatment ?? '')?.items ?? '';
      const trials = pairs.flatMap(({ treatment, reference }) => [treatment, reference]);
      if (items === '' || trials.some((trial) => rows.get(trial)?.items !== items)) return null;
      return { items: items.split('\n').length, differences: meanDifferences(pairs, accuracies) };
    },
  };
}

function rowOf({ correct }: PairOutcomes): Row {
  const ids = [...correct.keys()].toSorted();
  return { items: ids.join('\n'), right: Float64Array.from(ids, (id) => (correct.get(id) === 1 ? 1 : 0)) };
}

/** One value a draw of test pairs: the mean over the pairs of trials. */
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
