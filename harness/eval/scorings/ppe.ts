/**
 * Preference Proxy Evaluations (Frick et al. 2024, arXiv 2410.14872). Votes of people: accuracy over the votes that are
 * no tie, and by kind of prompt. Sampled responses with known correctness, by benchmark and as the mean over
 * benchmarks: accuracy on the sampled pairs of a right and a wrong response, the area under the ROC curve of all
 * rewards, and the curve of best-of-k for k = 1 to the number of responses: its highest point, its end, and its mean
 * distance from the curve of a perfect ranker (the expected squared error of the pick, as answers are right or wrong).
 */
import { auc } from '../auc.ts';
import { pairsOf, questionsOf, type Item, type Metric, type ScoredPair } from '../item.ts';
import { accuracyOfPairs } from '../pairwise-accuracy.ts';
import { curvesOf, type Curve } from './best-of-k-curve.ts';
import { groupedBy, mean, metricName, type Scoring } from './scoring.ts';

export const ppeHuman: Scoring = { name: 'ppe_human', version: 1, metrics: humanScores };

/** `hard+code`: a prompt counts for each of its kinds. */
function humanScores(items: readonly Item[]): readonly Metric[] {
  const pairs = pairsOf(items);
  const kinds = new Set(pairs.flatMap(kindsOf));
  return [
    { name: 'score', value: accuracyOfPairs(pairs).strict },
    ...[...kinds].toSorted().map((kind) => ({
      name: metricName(kind),
      value: accuracyOfPairs(pairs.filter((pair) => kindsOf(pair).includes(kind))).strict,
    })),
  ];
}

function kindsOf({ chosen }: ScoredPair): readonly string[] {
  return chosen.subset?.split('+') ?? [];
}

export const ppeCorrectness: Scoring = { name: 'ppe_correctness', version: 1, metrics: correctnessScores };

function correctnessScores(items: readonly Item[]): readonly Metric[] {
  const benchmarks = [...groupedBy(items, ({ subset }) => subset ?? 'other')].map(([benchmark, ones]) => ({
    benchmark: metricName(benchmark),
    metrics: benchmarkScores(ones).filter(({ value }) => !Number.isNaN(value)),
  }));
  const all = groupedBy(
    benchmarks.flatMap(({ metrics }) => metrics),
    ({ name }) => name,
  );
  const means = [...all].map(([name, ones]) => ({ name, value: mean(ones.map(({ value }) => value)) }));
  return [
    ...means.filter(({ name }) => name === 'accuracy').map(({ value }) => ({ name: 'score', value })),
    { name: 'benchmarks', value: benchmarks.length },
    ...means,
    ...benchmarks.flatMap(({ benchmark, metrics }) =>
      metrics.map(({ name, value }) => ({ name: `${benchmark}_${name}`, value })),
    ),
  ];
}

/** NaN where there are no pairs, or no pool. */
function benchmarkScores(items: readonly Item[]): readonly Metric[] {
  const curves = curvesOf(questionsOf(items));
  // As long as the shortest: further on, other questions would be averaged.
  const length = Math.min(...curves.map(({ picked }) => picked.length));
  const meanAt = (of: keyof Curve): readonly number[] =>
    Array.from({ length: curves.length === 0 ? 0 : length }, (_, k) => mean(curves.map((one) => one[of][k] as number)));
  const [curve, perfect] = [meanAt('picked'), meanAt('perfect')];
  return [
    { name: 'accuracy', value: accuracyOfPairs(pairsOf(items)).strict },
    { name: 'auc', value: auc(items.filter(({ set, isCorrect }) => set === 'pool' && isCorrect !== null)) ?? NaN },
    { name: 'best_of_k_max', value: curve.length === 0 ? NaN : Math.max(...curve) },
    { name: 'best_of_k_end', value: curve.at(-1) ?? NaN },
    { name: 'best_of_k_loss', value: mean(perfect.map((value, index) => value - (curve[index] as number))) },
  ];
}
