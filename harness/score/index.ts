/** The public face of the scoring room: texts or token ids -> rewards, on any device and in batches of any make-up. */
export { checkInput, scoreInput, type CheckedInput, type RowRewards, type RowScorer } from './score-file.ts';
export {
  loadRewardModel,
  openRewardModel,
  openScoredRows,
  type OpenModelOptions,
  type ScoredModel,
  type ScoredRows,
} from './reward-model.ts';
export { nativeScorer } from './native-scorer.ts';
export {
  defaultTokensPerBatch,
  scoreResponses,
  type RewardModel,
  type ScoreOptions,
  type SessionSource,
} from './score-responses.ts';
export type { ScoredQuestion } from './batches.ts';
export { OneSession } from './one-session.ts';
export { StoredSession } from './stored-session.ts';
export { rewardCells, rewardRecord, SummaryBuilder, type PairSummary, type ScoreSummary } from './summary.ts';
