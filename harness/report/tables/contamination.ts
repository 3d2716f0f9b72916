/** Whether a model was evaluated on what it was trained on. Overlaps that stand here were accepted by the experiment. */
import type { RecordedContamination } from '../../record/recorded-audit.ts';
import { groupBy, unique } from '../distinct.ts';
import { count } from '../../text/index.ts';
import type { TableKind } from '../view.ts';

export const contaminationTable: TableKind = {
  id: 'contamination',
  scope: 'experiment',
  isFolded: true,
  draw: ({ contaminations }) => ({
    title: 'Questions of the evaluation in the training data',
    columns: ['task', 'compared with', 'texts', 'questions', 'equal', '13 words shared', 'accepted by'],
    rows: distinctRows(contaminations),
    note:
      'Questions of dev, test and pool. Two questions are the same where they are equal after normalization, or share ' +
      '13 words in a row that do not stand in many questions. Of questions made from templates only equal ones are the ' +
      'same. An overlap that nothing accepts stops its trials.',
  }),
};

/** Trials with and without pretraining compare the same task with its train split. */
function distinctRows(contaminations: readonly RecordedContamination[]): readonly (readonly string[])[] {
  const rows = contaminations.flatMap(({ name, found: { sources, questions, sameness } }) =>
    sources.map((source) => {
      const equal = source.overlaps.filter(({ kind }) => kind === 'exact').length;
      const accepted = unique(source.overlaps.flatMap(({ acceptedBy }) => acceptedBy ?? []));
      return [
        name,
        source.name,
        count(source.texts),
        count(questions),
        count(equal),
        sameness === 'exact' ? 'not asked' : count(source.overlaps.length - equal),
        accepted.length === 0 ? '-' : accepted.join(', '),
      ];
    }),
  );
  return groupBy(rows, (row) => JSON.stringify(row)).map(([row]) => row);
}
