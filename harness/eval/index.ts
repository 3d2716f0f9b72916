/** The public face of the evaluation room: rewards -> items -> metrics and baselines. */
export { hasAnswers, pairsOf, questionsOf, type Item, type Metric } from './item.ts';
export { bestOfN, longestAtN, randomAtN, shortestAtN } from './best-of-n.ts';
export { evaluateBaselines, rankerMetrics, type EvaluateBaselinesOptions } from './evaluate-baselines.ts';
export { evaluateTask, type EvaluateTaskOptions } from './evaluate-task.ts';
export { readItems, writeItems } from './item-file.ts';
export { majorityAtN } from './majority-at-n.ts';
export { weightedVoteAtN, type VoteEffort } from './weighted-vote-at-n.ts';
export { poolSources, withinSourceAtN } from './within-source.ts';
export { nullBaselines, type NullBaseline } from './null-baselines.ts';
export { accuracyOfPairs, pairwiseAccuracy, type PairwiseAccuracy, type RewardedPair } from './pairwise-accuracy.ts';
export { passAtN } from './pass-at-n.ts';
export {
  calibrationSubset as processBenchCalibration,
  publishedCalibration as processBenchPublished,
} from './scorings/processbench.ts';
export { rewardBenchSubsets } from './scorings/rewardbench.ts';
export { rewardBench2Subsets } from './scorings/rewardbench2.ts';
export { rmBenchDomains } from './scorings/rm-bench.ts';
export { scoringBaselines, scoringIntervals, scoringMetrics, scoringNamed, scorings } from './scorings/index.ts';
export type { ScoreInterval } from './scorings/intervals.ts';
export type { Scoring, ScoringSettings, TaskScoring } from './scorings/scoring.ts';
export type { AtN } from './subsets.ts';
