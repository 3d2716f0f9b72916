/**
 * Scores outside a sweep, by any reward model: matched to the labels of a task, measured as an evaluation is, kept in
 * the results folder, compared.
 *
 *     a file of scores -> read-scores.ts (formats/) -> gather.ts ----+
 *     a task -> labels.ts, or own-labels.ts where the file says it --+-> match-scores.ts -> items
 *     items -> measure.ts (measure-pairs.ts, measure-pool.ts) -> judged-report.ts -> keep-scores.ts; compare-scores.ts
 */
export { readItems, scoringNamed, type TaskScoring } from '../eval/index.ts';
export { compareScores, type ComparedMetric, type Comparison } from './compare-scores.ts';
export { scoreFormats } from './formats/formats.ts';
export { stepRules, type StepRule } from './formats/score-format.ts';
export { gather } from './gather.ts';
export { scoredRows, type ScoredRow } from './scored-rows.ts';
export { judgedReport, type JudgedReport } from './judged-report.ts';
export { keepScores, type ScoresConfig } from './keep-scores.ts';
export {
  taskLabels,
  withTokenLengths,
  type Labels,
  type LengthUnit,
  type SplitTexts,
  type SplitTokens,
} from './labels.ts';
export { matchScores, type JudgedItems, type MatchCounts } from './match-scores.ts';
export type { Estimate, PairMeasure } from './measure-pairs.ts';
export { isShownN, type PoolMeasure } from './measure-pool.ts';
export { ownLabels } from './own-labels.ts';
export { readScores, type PlacedRow, type ScoreFile } from './read-scores.ts';
export { readTaskSpec, readTaskStage, type ReadTask, type TaskSplit } from './read-task.ts';
export { taskRows, tokenRows } from './task-rows.ts';
