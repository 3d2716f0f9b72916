/** Scores of the task that no trial of the experiment gave: of models from elsewhere, judged by the same labels. */
import type { RecordedScores } from '../../record/recorded-audit.ts';
import type { Interval } from '../../stats/index.ts';
import { count } from '../../text/index.ts';
import { dash, intervalText, valueText } from '../format.ts';
import type { TableKind } from '../view.ts';

export const otherScoresTable: TableKind = {
  id: 'other-scores',
  scope: 'task',
  isFolded: false,
  draw: ({ task, scores }) => {
    if (scores.length === 0) return null;
    return {
      title: `Other scores of ${task}`,
      columns: ['model', 'pairwise accuracy', 'pairs', 'among all candidates', 'questions', 'id'],
      rows: scores.map((one) => [
        one.model,
        shareOf(one, 'pairwise_accuracy'),
        countOf(one, 'pairs'),
        shareOf(one, 'best_of_all'),
        countOf(one, 'pool_questions'),
        one.stageId,
      ]),
      note:
        'Percent. Judged by `harness import-scores` or `score --task`; no trial of this experiment, and part of no ' +
        'comparison above. 95 % Wilson intervals over groups of test pairs and questions.',
    };
  },
};

const share = { unit: 'share' } as const;

function shareOf({ metrics }: RecordedScores, name: string): string {
  const value = metrics[`eval/${name}`];
  if (value === undefined) return dash;
  const [low, high] = [metrics[`eval/${name}_low`], metrics[`eval/${name}_high`]];
  if (low === undefined || high === undefined) return valueText(value, share);
  const interval: Interval = { low, high, level: 0.95, method: 'Wilson over groups', n: 0 };
  return `${valueText(value, share)} ${intervalText(interval, share)}`;
}

function countOf({ metrics }: RecordedScores, name: string): string {
  const value = metrics[`eval/${name}`];
  return value === undefined || value === 0 ? dash : count(value);
}
