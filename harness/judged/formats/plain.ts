/**
 * The plain format: any of
 *
 *     {"id", "chosen": score, "rejected": score}            a pair; also chosen_score, rewardChosen, scores_chosen ...
 *     {"id", "chosen": [scores], "rejected": [scores]}      a question with right and wrong responses
 *     {"id", "scores": [scores]}                            the responses in the order of the task; also rewards
 *     {"id", "candidate": 3, "score": score}                one response; candidate is a number, "chosen" or "rejected"
 *     {"id", "candidates": [{"score", "isCorrect"}, ...]}   a question with everything that is known of its responses
 *
 * What `harness score` writes is one of these, and so are the files of RewardBench.
 */
import type { Item } from '../../eval/index.ts';
import { candidatesRow } from './plain-candidates.ts';
import {
  noFacts,
  type Fields,
  type OwnFacts,
  type ParsedScores,
  type ReadOptions,
  type ScoreFormat,
} from './score-format.ts';
import { firstText, isObject, labelOf, nameOf, stepsScore, textOf } from './values.ts';

export const plain: ScoreFormat = {
  name: 'plain',
  about: '{"id", "chosen": score, "rejected": score}, {"id", "scores": [...]} or {"id", "candidate", "score"}',
  recognizes: () => true,
  read: (fields, options) => {
    const problems: string[] = [];
    const read = shapeOf(fields, options, problems);
    if (read === null || problems.length > 0) return { problems: problems.length > 0 ? problems : [nothing(fields)] };
    return { row: { ...commonOf(fields), scores: read.scores, own: { ...read.own, ...placeOf(fields, options) } } };
  },
};

const shapes = 'expected {"id", "chosen", "rejected"}, {"id", "scores"} or {"id", "candidate", "score"} with numbers';

function nothing(fields: Fields): string {
  return `no scores: found the fields ${Object.keys(fields).join(', ')}; ${shapes}`;
}

type Read = Pick<Extract<ParsedScores, { row: unknown }>['row'], 'scores'> & { readonly own: OwnFacts };

function shapeOf(fields: Fields, options: ReadOptions, problems: string[]): Read | null {
  const [chosen, rejected] = [sideField(fields, 'chosen'), sideField(fields, 'rejected')];
  if (chosen !== null || rejected !== null) return sidesRow(fields, { chosen, rejected }, problems, options);
  if (Array.isArray(fields['candidates'])) return candidatesRow(fields['candidates'], options, problems);
  const name = ['scores', 'rewards', 'score', 'reward'].find((one) => one in fields);
  if (name === undefined) return null;
  if ('candidate' in fields) return oneRow(fields, name, options, problems);
  return listRow(fields, name, options, problems);
}

/** Names of a side's scores, without anything but letters. `chosen` alone is often the text. */
const sideNames = ['score', 'scores', 'reward', 'rewards', ''];

/** The field that holds the scores of a side; null where none does. */
function sideField(fields: Fields, side: 'chosen' | 'rejected'): string | null {
  const wanted = new Set(sideNames.flatMap((word) => [`${word}${side}`, `${side}${word}`]));
  const names = Object.keys(fields).filter((name) => wanted.has(name.toLowerCase().replaceAll(/[^a-z]/g, '')));
  const numeric = names.filter((name) => isNumeric(fields[name]));
  return numeric.find((name) => name !== side) ?? numeric[0] ?? null;
}

function isNumeric(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isNumeric);
  return typeof value === 'number' || value === null;
}

function sidesRow(
  fields: Fields,
  { chosen, rejected }: { readonly chosen: string | null; readonly rejected: string | null },
  problems: string[],
  options: ReadOptions,
): Read | null {
  if (chosen === null || rejected === null) {
    problems.push(`scores of ${chosen === null ? 'chosen' : 'rejected'} are missing; ${shapes}`);
    return null;
  }
  const sides = [chosen, rejected].map((name) =>
    listOf(fields[name]).map((one, i, all) =>
      finished(stepsScore(one, options.steps), all.length === 1 ? name : `${name}[${i}]`, problems),
    ),
  );
  const [right = [], wrong = []] = sides;
  const labels = [...right.map(() => true), ...wrong.map(() => false)];
  const own = { ...noFacts, labels, lengths: textLengths(fields, labels.length) };
  return { scores: { kind: 'sides', chosen: right, rejected: wrong }, own };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : [value]);

/** Of the texts that stand beside the scores of a pair. */
function textLengths(fields: Fields, responses: number): readonly number[] | null {
  const texts = ['chosen', 'rejected'].map((side) =>
    [side, `text_${side}`, `${side}_text`].map((name) => fields[name]).find((value) => typeof value === 'string'),
  );
  const isWhole = responses === 2 && texts.every((text) => typeof text === 'string');
  return isWhole ? (texts as string[]).map((text) => text.length) : null;
}

function finished(score: number | string, name: string, problems: string[]): number {
  if (typeof score === 'number') return score;
  problems.push(`${name}: ${score}`);
  return NaN;
}

function oneRow(fields: Fields, name: string, { steps }: ReadOptions, problems: string[]): Read {
  const { candidate } = fields;
  const score = finished(stepsScore(fields[name], steps), name, problems);
  const isPlace = Number.isInteger(candidate) && (candidate as number) >= 0;
  if (!isPlace && candidate !== 'chosen' && candidate !== 'rejected')
    problems.push(`candidate: found ${nameOf(candidate)}; expected a number from 0, "chosen" or "rejected"`);
  const side = candidate === 'chosen' || candidate === 'rejected' ? [candidate === 'chosen'] : null;
  const own = { ...noFacts, labels: labelsIn(fields, 1, problems) ?? side };
  return { scores: { kind: 'one', candidate: candidate as number | 'chosen' | 'rejected', score }, own };
}

function listRow(fields: Fields, name: string, { steps }: ReadOptions, problems: string[]): Read | null {
  const found = fields[name];
  if (!Array.isArray(found)) {
    problems.push(`${name}: found ${nameOf(found)}; expected a list of numbers, or a candidate beside it`);
    return null;
  }
  const scores = found.map((one, index) => finished(stepsScore(one, steps), `${name}[${index}]`, problems));
  return { scores: { kind: 'list', scores }, own: { ...noFacts, labels: labelsIn(fields, scores.length, problems) } };
}

const labelNames = ['labels', 'isCorrect', 'is_correct', 'correct', 'label'];

/** Labels of all responses of the row; null where there are none. */
function labelsIn(fields: Fields, responses: number, problems: string[]): readonly (boolean | null)[] | null {
  const name = labelNames.find((one) => one in fields && (Array.isArray(fields[one]) || responses === 1));
  if (name === undefined) return null;
  const labels = listOf(fields[name]).map(labelOf);
  if (labels.length === responses && labels.every((label) => label !== undefined)) return labels as (boolean | null)[];
  problems.push(`${name}: expected ${responses} of true and false, as many as there are scores`);
  return null;
}

function commonOf(fields: Fields): { id: string | null; set: Item['set'] | null; model: string | null } {
  const set = fields['set'];
  return {
    id: firstText(fields, ['id', 'item_id', 'itemId', 'pair_id', 'idx']),
    set: set === 'pairs' || set === 'pool' ? set : null,
    model: textOf(fields, 'model'),
  };
}

function placeOf(fields: Fields, { sections }: ReadOptions): Pick<OwnFacts, 'group' | 'subset'> {
  return { group: textOf(fields, 'group'), subset: textOf(fields, sections ?? 'subset') };
}

/** A table written as an object of columns: one object a row. null where it is none. */
export function rowsOfColumns(value: unknown): readonly Fields[] | null {
  if (!isObject(value)) return null;
  const id = value['id'];
  if (!Array.isArray(id)) return null;
  const columns = Object.entries(value).filter(([, column]) => Array.isArray(column) && column.length === id.length);
  return id.map((_, row) => Object.fromEntries(columns.map(([name, column]) => [name, (column as unknown[])[row]])));
}
