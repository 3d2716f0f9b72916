/** Outcomes on single test pairs as aligned rows, so that two trials can be subtracted pair by pair. */
import type { PairOutcomes } from '../record/trial-result.ts';

export interface OutcomeTable {
  /** Per test pair: mean over the given trial pairs of (treatment right) - (reference right); null unless all trials are recorded on the same test pairs. */
  meanDifference(pairs: readonly { readonly treatment: string; readonly reference: string }[]): Float64Array | null;
}

interface Row {
  /** The sorted ids as one string: equal strings, equal columns. */
  readonly items: string;
  /** 1 for a strictly higher reward of the chosen response, else 0: ties earn nothing, as in pairwise accuracy. */
  readonly right: Float64Array;
}

export function outcomeTable(outcomes: readonly PairOutcomes[]): OutcomeTable {
  const rows = new Map<string, Row>();
  for (const { trialId, correct } of outcomes) {
    const ids = [...correct.keys()].toSorted();
    rows.set(trialId, { items: ids.join('\n'), right: Float64Array.from(ids, (id) => (correct.get(id) === 1 ? 1 : 0)) });
  }
  return {
    meanDifference(pairs) {
      const items = rows.get(pairs[0]?.treatment ?? '')?.items;
      const length = rows.get(pairs[0]?.treatment ?? '')?.right.length ?? 0;
      const sum = new Float64Array(length);
      for (const { treatment, reference } of pairs) {
        const a = rows.get(treatment);
        const b = rows.get(reference);
        if (a === undefined || b === undefined || a.items !== items || b.items !== items) return null;
        for (let i = 0; i < length; i++) sum[i] = (sum[i] as number) + ((a.right[i] as number) - (b.right[i] as number)) / pairs.length;
      }
      return length === 0 ? null : sum;
    },
  };
}
