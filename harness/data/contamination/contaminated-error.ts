/** What a person is told who would measure a model on questions that it was trained on. */
import { UserError } from '../../spec/user-error.ts';
import type { Contamination, Overlap } from './contamination.ts';
import { unaccepted } from './find-contamination.ts';

const shownOverlaps = 8;

/** null where every overlap is accepted. `task`: its name. */
export function contaminationError(found: Contamination, task: string): UserError | null {
  const open = unaccepted(found);
  if (open.length === 0) return null;
  const questions = new Set(open.map(({ set, questionId }) => `${set} ${questionId}`)).size;
  const sources = found.sources.flatMap(({ name, overlaps }) => {
    const own = overlaps.filter(({ acceptedBy }) => acceptedBy === null);
    return own.length === 0 ? [] : [{ name, own }];
  });
  const lines = sources.flatMap(({ name, own }) => [
    `  ${name}: ${own.length} of ${found.questions} questions (${countsOf(own)})`,
    ...own.slice(0, shownOverlaps).map((overlap) => `    ${lineOf(overlap)}`),
    ...(own.length > shownOverlaps ? [`    and ${own.length - shownOverlaps} more`] : []),
  ]);
  return new UserError(
    `task ${task}: ${questions} ${questions === 1 ? 'question of the evaluation is' : 'questions of the evaluation are'} in the training data too\n${lines.join('\n')}`,
    {
      exitCode: 2,
      hint: hintFor(
        sources.map(({ name }) => name),
        open,
      ),
    },
  );
}

function countsOf(overlaps: readonly Overlap[]): string {
  const exact = overlaps.filter(({ kind }) => kind === 'exact').length;
  const parts = [
    exact > 0 ? `${exact} equal` : '',
    exact < overlaps.length ? `${overlaps.length - exact} by 13 words` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function lineOf({ kind, set, questionId, trainingId, shared }: Overlap): string {
  const what = kind === 'exact' ? 'equals' : 'shares 13 words with';
  return `${set} ${questionId} ${what} ${trainingId}: "${shared.replaceAll(/\s+/g, ' ').slice(0, 120)}"`;
}

function hintFor(sources: readonly string[], open: readonly Overlap[]): string {
  const ids = [...new Set(open.map(({ questionId }) => questionId))];
  const all = `evaluate: {contamination: {accept: [${sources.join(', ')}]}}`;
  const few =
    ids.length <= shownOverlaps ? `, or only these: accept: [${ids.map((id) => JSON.stringify(id)).join(', ')}]` : '';
  return `Leave these rows out of the training data. To measure all the same, accept them by name: ${all}${few}.`;
}
