/**
 * ProcessBench (Zheng et al. 2024, arXiv 2412.06559): the predicted error is the first step whose reward is not above a
 * threshold; none = all steps are right. F1 is the harmonic mean of the accuracies on solutions with an error (the step
 * itself must be hit) and on those without, and the score is the mean F1 of the subsets.
 *
 * The threshold is one for all subsets: of the settings, else the one with the highest F1 on the items of the subset
 * `calibration`, which are not scored. Without such items it is chosen on `gsm8k`, as published, whose own F1 is then
 * the highest that it could be.
 */
import { questionsOf, type Item, type Metric } from '../item.ts';
import { bestThreshold, f1At, type Solution } from './first-error.ts';
import { groupedBy, mean, metricName, type Scoring, type ScoringSettings } from './scoring.ts';

export const processBench: Scoring = { name: 'processbench', version: 1, metrics: scores };

/** Subset whose solutions choose the threshold alone. */
export const calibrationSubset = 'calibration';
/** Where there is none: as in the paper. */
export const publishedCalibration = 'gsm8k';

function scores(items: readonly Item[], settings: ScoringSettings): readonly Metric[] {
  const bySubset = new Map(
    [...groupedBy(questionsOf(items), ([first]) => first?.subset ?? 'other')].map(([subset, questions]) => [
      subset,
      questions.map(solutionOf),
    ]),
  );
  const threshold = thresholdFor(bySubset, settings);
  if (threshold === null) return [];
  const subsets = [...bySubset]
    .filter(([subset]) => subset !== calibrationSubset)
    .map(([subset, solutions]) => ({ subset: metricName(subset), ...f1At(solutions, threshold) }));
  const scored = subsets.filter(({ f1 }) => !Number.isNaN(f1));
  return [
    { name: 'score', value: mean(scored.map(({ f1 }) => f1)) },
    { name: 'subsets', value: scored.length },
    { name: 'threshold', value: threshold },
    ...subsets.flatMap(({ subset, f1, onErroneous, onCorrect }) => [
      { name: `${subset}_f1`, value: f1 },
      { name: `${subset}_erroneous_accuracy`, value: onErroneous },
      { name: `${subset}_correct_accuracy`, value: onCorrect },
    ]),
  ].filter(({ value }) => !Number.isNaN(value));
}

/** Null where there is nothing to choose it on. */
function thresholdFor(
  bySubset: ReadonlyMap<string, readonly Solution[]>,
  { threshold }: ScoringSettings,
): number | null {
  if (threshold !== undefined) return threshold;
  return bestThreshold(bySubset.get(calibrationSubset) ?? bySubset.get(publishedCalibration) ?? []);
}

/** Candidate i is the beginning that ends with step i, and is correct while no step of it is wrong. */
function solutionOf(candidates: readonly Item[]): Solution {
  const steps = candidates.toSorted((a, b) => a.candidate - b.candidate);
  return {
    rewards: steps.map(({ reward }) => Math.fround(reward)),
    firstError: steps.findIndex(({ isCorrect }) => isCorrect !== true),
  };
}
