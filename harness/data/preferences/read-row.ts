/** One row of a file as a question: by a chosen and a rejected response, or by candidates. */
import { poolCandidates, readCandidates } from './candidates.ts';
import { nameIn } from '../row-files/written-number.ts';
import { isRow, valueOf, type FieldNames, type Row } from './fields.ts';
import { explicitPreferences, ratedPreferences, type Preference, type Question } from './question.ts';
import { FileRefusal, RowDrop, textOf, textsOf } from './row-values.ts';

/** @throws RowDrop for a row that cannot be used, FileRefusal where the file cannot. */
export function readRow(value: unknown, names: FieldNames, place: Pick<Question, 'id' | 'row'>): Question {
  if (!isRow(value)) throw new RowDrop('row: not an object');
  const written = valueOf(value, 'candidates', names);
  const chosen = valueOf(value, 'chosen', names);
  const rejected = valueOf(value, 'rejected', names);
  if (written === null && chosen === null && rejected === null)
    throw new RowDrop('row: neither chosen and rejected nor candidates');
  const prompt = promptOf(value, names, chosen !== null && rejected !== null);
  const question = { ...place, prompt, group: groupOf(value, names) };
  if (chosen !== null || rejected !== null)
    return { ...question, preferences: explicit(value, names), candidates: null };
  const { candidates, isRating } = readCandidates(written, names);
  if (candidates.length === 0) throw new RowDrop('row: candidates empty');
  return {
    ...question,
    preferences: ratedPreferences(candidates, isRating),
    candidates: poolCandidates(candidates, isRating),
  };
}

function explicit(row: Row, names: FieldNames): readonly Preference[] {
  return explicitPreferences(
    textsOf(valueOf(row, 'chosen', names), 'chosen'),
    textsOf(valueOf(row, 'rejected', names), 'rejected'),
    marginOf(row, names),
  );
}

/**
 * Responses that hold their prompt as a common beginning are refused: where the prompt ends would differ from row to
 * row, and rows of one question could no longer be kept in one split.
 */
function promptOf(row: Row, names: FieldNames, isPair: boolean): string {
  const prompt = valueOf(row, 'prompt', names);
  if (prompt === null && isPair && names.prompt === null)
    throw new FileRefusal(
      `chosen and rejected have no prompt beside them; the fields are ${Object.keys(row).join(', ')}`,
      'Add a column with the prompt and leave it out of the responses, or name yours in fields: {prompt: ...}.',
    );
  return textOf(prompt, 'prompt');
}

function groupOf(row: Row, names: FieldNames): string | null {
  if (names.group === null) return null;
  const group = valueOf(row, 'group', names);
  if (group === null || group === '') throw new RowDrop('row: group missing');
  if (typeof group === 'object') throw new RowDrop('row: group is not text or a number');
  return nameIn(row, names.group);
}

function marginOf(row: Row, names: FieldNames): number | null {
  const margin = valueOf(row, 'margin', names);
  if (margin === null) return null;
  if (typeof margin !== 'number' || !Number.isFinite(margin) || margin < 0)
    throw new RowDrop('row: margin is not a number from 0 up');
  return margin;
}
