/** The public face of the evaluation room: rewards -> items -> metrics and baselines. */
export type { Item, Metric } from './item.ts';
export { bestOfN, longestAtN, randomAtN, shortestAtN } from './best-of-n.ts';
export { evaluateBaselines, type EvaluateBaselinesOptions } from './evaluate-baselines.ts';
export { evaluateTask, type EvaluateTaskOptions } from './evaluate-task.ts';
export { readItems, writeItems } from './item-file.ts';
export { majorityAtN } from './majority-at-n.ts';
export { nullBaselines, type NullBaseline } from './null-baselines.ts';
export { pairwiseAccuracy, type PairwiseAccuracy } from './pairwise-accuracy.ts';
export { passAtN } from './pass-at-n.ts';
export type { AtN } from './subsets.ts';
export { checkInput, scoreInput, type CheckedInput, type RowRewards, type ScoreInput } from './score-file.ts';
export { openRewardModel, type OpenModelOptions, type ScoredModel } from './score-model.ts';
export {
  defaultTokensPerBatch,
  scoreResponses,
  type RewardModel,
  type ScoredQuestion,
  type ScoreOptions,
  type SessionSource,
} from './score-responses.ts';
export { OneSession } from './score-session.ts';
export { rewardCells, rewardRecord, SummaryBuilder, type PairSummary, type ScoreSummary } from './score-summary.ts';
