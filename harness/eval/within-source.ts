/**
 * Best-of-N where all candidates of a subset were written by one source. Pooled over sources a reward model can win by
 * telling writers apart; within one it must tell good from bad.
 */
import { questionsOf, type Item } from './item.ts';
import { checkSizes, errorsOf, valuesOf, type AtN, type PoolRule } from './subsets.ts';

/** Sources of the pool, in the order of their names; a candidate whose source is not known belongs to none. */
export function poolSources(items: readonly Item[]): readonly string[] {
  return [...new Set(items.flatMap(({ set, source }) => (set === 'pool' && source !== null ? [source] : [])))].sort();
}

/**
 * The mean over the questions of each source, averaged over sources. A source counts at N where it has a question with
 * N of its candidates. `excluded`: questions of which no source has N candidates.
 */
export function withinSourceAtN(items: readonly Item[], Ns: readonly number[], rule: PoolRule): AtN[] {
  checkSizes(Ns);
  const questions = questionsOf(items);
  const bySource = poolSources(items).map((source) =>
    questions.flatMap((candidates) => {
      const own = candidates.filter((item) => item.source === source);
      return own.length === 0 ? [] : [valuesOf(own, Ns, rule)];
    }),
  );
  return Ns.map((N) => {
    const means = bySource
      .map((values) => values.flatMap((value) => value.get(N) ?? []))
      .filter(({ length }) => length > 0)
      .map((values) => ({ values, mean: values.reduce((sum, { value }) => sum + value, 0) / values.length }));
    const counted = new Set(means.flatMap(({ values }) => values.map(({ itemId }) => itemId))).size;
    const parts = means.flatMap(({ values, mean }) =>
      values.map((one) => ({ ...one, center: mean, weight: 1 / (means.length * values.length) })),
    );
    return {
      N,
      value: means.reduce((sum, { mean }) => sum + mean, 0) / means.length,
      questions: counted,
      excluded: questions.length - counted,
      ...errorsOf(parts),
    };
  });
}
