/** Candidates of one question with labels or ratings. */
import type { Said } from '../chat/conversation.ts';
import type { Candidate } from '../preference-pair.ts';
import { isRow, valueOf, type FieldNames, type Row } from './fields.ts';
import { RowDrop, saidOf } from './row-values.ts';

export interface RatedCandidate extends ReadCandidate {
  readonly text: string;
}

/** As the row says it. */
interface ReadCandidate {
  readonly said: Said;
  /** A rating, or 1 for a correct and 0 for an incorrect candidate. */
  readonly value: number;
  /** `<source>/<number>`, so that pairs within one source can be told; null where the source is not given. */
  readonly source: string | null;
  readonly answer: string | null;
}

/** @throws RowDrop for a list that cannot be used. */
export function readCandidates(
  list: unknown,
  names: FieldNames,
): { readonly candidates: readonly ReadCandidate[]; readonly isRating: boolean } {
  if (!Array.isArray(list) || !list.every(isRow)) throw new RowDrop('row: candidates are not a list of objects');
  const isRating = isRated(list, names);
  const candidates = list.map((candidate, index) => ({
    said: saidOf(valueOf(candidate, 'text', names), 'candidate'),
    value: isRating ? ratingOf(candidate, names) : labelOf(candidate, names),
    source: sourceOf(candidate, index, names),
    answer: answerOf(candidate, names),
  }));
  return { candidates, isRating };
}

/** As a best-of-N pool sees them: correct are those with the label, or those with the highest rating. */
export function poolCandidates(candidates: readonly RatedCandidate[], isRating: boolean): readonly Candidate[] {
  const best = isRating ? Math.max(...candidates.map(({ value }) => value)) : 1;
  return candidates.map(({ text, value, source, answer }) => ({
    text,
    answer,
    isCorrect: value === best,
    source: source ?? 'preferences',
  }));
}

/** A field that the experiment names decides; where it names none, labels come before ratings. */
function isRated(list: readonly Row[], names: FieldNames): boolean {
  if (names.label !== null) return false;
  if (names.rating !== null) return true;
  return list.every((candidate) => valueOf(candidate, 'label', names) === null);
}

function labelOf(candidate: Row, names: FieldNames): number {
  const label = valueOf(candidate, 'label', names);
  if (label === null) throw new RowDrop('row: candidate without label or rating');
  if (label === true || label === 1) return 1;
  if (label === false || label === 0) return 0;
  throw new RowDrop('row: label is not true, false, 1 or 0');
}

function ratingOf(candidate: Row, names: FieldNames): number {
  const rating = valueOf(candidate, 'rating', names);
  if (rating === null) throw new RowDrop('row: candidate without label or rating');
  if (typeof rating !== 'number' || !Number.isFinite(rating)) throw new RowDrop('row: rating is not a number');
  return rating;
}

function sourceOf(candidate: Row, index: number, names: FieldNames): string | null {
  const source = valueOf(candidate, 'source', names);
  return typeof source === 'string' ? `${source}/${index}` : null;
}

function answerOf(candidate: Row, names: FieldNames): string | null {
  const answer = valueOf(candidate, 'answer', names);
  return typeof answer === 'string' || typeof answer === 'number' ? String(answer) : null;
}
