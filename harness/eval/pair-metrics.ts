/** `eval/...` metrics of pairs: accuracy, log-loss, calibration, and whether length or source explains them. */
import { calibrationOf, type ReliabilityBin } from './calibration.ts';
import type { Metric, ScoredPair } from './item.ts';
import { lengthMatchedPairs } from './length-matched.ts';
import { evalMetric } from './metric.ts';
import { accuracyOfPairs, type PairwiseAccuracy } from './pairwise-accuracy.ts';
import { rewardLengthSpearman } from './reward-length.ts';

/** @param withinSource Ids of the pairs of one source; null = all are. */
export function pairMetrics(pairs: readonly ScoredPair[], withinSource: ReadonlySet<string> | null): readonly Metric[] {
  const matched = accuracyOfPairs(lengthMatchedPairs(pairs));
  const responses = pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  return [
    ...accuracyMetrics(accuracyOfPairs(pairs)),
    ...calibrationMetrics(pairs),
    evalMetric('reward_length_spearman', rewardLengthSpearman(responses) ?? NaN),
    evalMetric('length_matched_pairwise_accuracy', matched.strict),
    evalMetric('length_matched_pairs', matched.n),
    ...(withinSource === null ? [] : withinSourceMetrics(pairs, withinSource)),
  ];
}

function accuracyMetrics(accuracy: PairwiseAccuracy): readonly Metric[] {
  return [
    evalMetric('pairwise_accuracy', accuracy.strict),
    evalMetric('pairwise_accuracy_half_credit', accuracy.halfCredit),
    evalMetric('tie_rate', accuracy.tieRate),
    evalMetric('pairwise_loss', accuracy.pairwiseLoss),
    evalMetric('mean_margin', accuracy.meanMargin),
  ];
}

function calibrationMetrics(pairs: readonly ScoredPair[]): readonly Metric[] {
  const { error, errorByChance, bins } = calibrationOf(pairs);
  return [
    evalMetric('calibration_error', error),
    evalMetric('calibration_error_by_chance', errorByChance),
    ...bins.flatMap(binMetrics),
  ];
}

function binMetrics({ from, pairs, confidence, accuracy }: ReliabilityBin): readonly Metric[] {
  return [
    evalMetric(`reliability_${from}_pairs`, pairs),
    evalMetric(`reliability_${from}_confidence`, confidence),
    evalMetric(`reliability_${from}_accuracy`, accuracy),
  ];
}

function withinSourceMetrics(pairs: readonly ScoredPair[], withinSource: ReadonlySet<string>): readonly Metric[] {
  const { strict, n } = accuracyOfPairs(pairs.filter((pair) => withinSource.has(pair.itemId)));
  return [evalMetric('within_source_pairwise_accuracy', strict), evalMetric('within_source_pairs', n)];
}
