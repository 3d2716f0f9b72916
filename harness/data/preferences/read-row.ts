/** One row of a file as a question: by a chosen and a rejected response, or by candidates. */
import type { Said } from '../chat/conversation.ts';
import { poolCandidates, readCandidates } from './candidates.ts';
import { readSaid } from './conversation-row.ts';
import { nameIn } from '../row-files/written-number.ts';
import { isRow, valueOf, type FieldNames, type Row } from './fields.ts';
import { explicitPreferences, ratedPreferences, type PreferenceOptions, type Question } from './question.ts';
import { responsesOf, RowDrop, saidOf } from './row-values.ts';

type RowOptions = Pick<PreferenceOptions, 'fields' | 'chat'>;

/** @throws RowDrop for a row that cannot be used, FileRefusal where the file cannot. */
export function readRow(value: unknown, options: RowOptions, place: Pick<Question, 'id' | 'row'>): Question {
  const { fields: names } = options;
  if (!isRow(value)) throw new RowDrop('row: not an object');
  const written = valueOf(value, 'candidates', names);
  const chosen = valueOf(value, 'chosen', names);
  const rejected = valueOf(value, 'rejected', names);
  if (written === null && chosen === null && rejected === null)
    throw new RowDrop('row: neither chosen and rejected nor candidates');
  const isPair = chosen !== null || rejected !== null;
  const question = isPair ? explicit(value, options) : rated(value, written, options);
  return { ...place, group: groupOf(value, names), ...question };
}

type ReadQuestion = Omit<Question, 'id' | 'row' | 'group'>;

function explicit(row: Row, { fields, chat }: RowOptions): ReadQuestion {
  const prompt = promptOf(row, fields, true);
  const chosen = responsesOf(valueOf(row, 'chosen', fields), 'chosen');
  const rejected = responsesOf(valueOf(row, 'rejected', fields), 'rejected');
  const { asked, responses } = readSaid({ row, prompt, responses: [...chosen, ...rejected] }, chat);
  const [better, worse] = [responses.slice(0, chosen.length), responses.slice(chosen.length)];
  const preferences = explicitPreferences(better, worse, marginOf(row, fields, asked.form));
  return { ...asked, preferences, candidates: null };
}

function rated(row: Row, written: unknown, { fields, chat }: RowOptions): ReadQuestion {
  const prompt = promptOf(row, fields, false);
  const { candidates, isRating } = readCandidates(written, fields);
  if (candidates.length === 0) throw new RowDrop('row: candidates empty');
  const named = candidates.map(({ said }) => ({ name: 'candidate', said }));
  const { asked, responses } = readSaid({ row, prompt, responses: named }, chat);
  const texts = candidates.map((candidate, index) => ({ ...candidate, text: responses[index] as string }));
  return {
    ...asked,
    preferences: ratedPreferences(texts, isRating),
    candidates: poolCandidates(texts, isRating),
  };
}

/** Null where chosen and rejected may hold it: as whole conversations, or as dialogues in one text. */
function promptOf(row: Row, names: FieldNames, isPair: boolean): Said | null {
  const prompt = valueOf(row, 'prompt', names);
  return prompt === null && isPair && names.prompt === null ? null : saidOf(prompt, 'prompt');
}

function groupOf(row: Row, names: FieldNames): string | null {
  if (names.group === null) return null;
  const group = valueOf(row, 'group', names);
  if (group === null || group === '') throw new RowDrop('row: group missing');
  if (typeof group === 'object') throw new RowDrop('row: group is not text or a number');
  return nameIn(row, names.group);
}

function marginOf(row: Row, names: FieldNames, form: Question['form']): number | null {
  const margin = valueOf(row, 'margin', names) ?? (form === 'chat' ? scoreMargin(row) : null);
  if (margin === null) return null;
  if (typeof margin !== 'number' || !Number.isFinite(margin) || margin < 0)
    throw new RowDrop('row: margin is not a number from 0 up');
  return margin;
}

/** UltraFeedback has the scores of both responses; null where a row has not. */
function scoreMargin({ score_chosen: chosen, score_rejected: rejected }: Row): number | null {
  return typeof chosen === 'number' && typeof rejected === 'number' ? chosen - rejected : null;
}
