/** The public face of the evaluation room: rewards -> items -> metrics and baselines. */
export type { Item, Metric } from './item.ts';
export { bestOfN, bestOfNTies, longestAtN, randomAtN, shortestAtN } from './best-of-n.ts';
export { evaluateBaselines, type EvaluateBaselinesOptions } from './evaluate-baselines.ts';
export { evaluateTask, type EvaluateTaskOptions } from './evaluate-task.ts';
export { readItems, writeItems } from './item-file.ts';
export { majorityAtN } from './majority-at-n.ts';
export { weightedVoteAtN, type VoteEffort } from './weighted-vote-at-n.ts';
export { poolSources, withinSourceAtN } from './within-source.ts';
export { nullBaselines, type NullBaseline } from './null-baselines.ts';
export { accuracyOfPairs, pairwiseAccuracy, type PairwiseAccuracy, type RewardedPair } from './pairwise-accuracy.ts';
export { passAtN } from './pass-at-n.ts';
export type { AtN } from './subsets.ts';
