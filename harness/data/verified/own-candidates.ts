/** A user's own programs with what tests said of them, in files of rows: one row a program. */
import { UserError } from '../../spec/index.ts';
import { Drops } from '../preferences/drops.ts';
import { dropReason, unclearIn, type ReadNames } from '../row-files/unclear.ts';
import { nameIn } from '../row-files/written-number.ts';
import { readRows } from '../row-files/row-file.ts';
import type { DropCounts } from '../preference-pair.ts';
import type { TestedCandidate, TestedProblem } from './candidate.ts';

/** Names tried in this order where the experiment gives none. */
export const usualCandidateNames = {
  problem: ['problem', 'task_id', 'q_id', 'question_id', 'problem_id'],
  prompt: ['prompt', 'question', 'instruction'],
  completion: ['completion', 'response', 'solution', 'code', 'text'],
  passed: ['passed', 'label', 'is_correct', 'correct'],
  model: ['model', 'source'],
  status: ['status'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type CandidateFieldName = keyof typeof usualCandidateNames;
/** null = one of the usual names. */
export type CandidateFieldNames = Readonly<Record<CandidateFieldName, string | null>>;

type Open = TestedProblem & { readonly candidates: TestedCandidate[] };

/** @throws UserError (2) for files that cannot be read, or of which nothing is left. */
export async function readCandidateFiles(
  path: string | readonly string[],
  names: CandidateFieldNames,
): Promise<{ readonly problems: readonly TestedProblem[]; readonly counts: DropCounts }> {
  const readNames = readNamesOf(names);
  const problems = new Map<string, Open>();
  const drops = new Drops();
  const seen = new Set<string>();
  for (const file of [path].flat())
    for await (const read of readRows(file)) {
      for (const name of Object.keys(read.value ?? {})) seen.add(name);
      const [unclear] = unclearIn(read, readNames);
      const reason = unclear === undefined ? addRow(read.value, names, problems) : dropReason(unclear);
      if (reason !== null) drops.add(reason, read.row);
    }
  if (problems.size === 0) throw nothingLeft(path, [...seen], String(drops));
  return { problems: [...problems.values()], counts: drops.counts };
}

function readNamesOf(names: CandidateFieldNames): ReadNames {
  const fields = Object.keys(usualCandidateNames) as readonly CandidateFieldName[];
  const row = fields.flatMap((field) => (names[field] === null ? usualCandidateNames[field] : [names[field]]));
  return { row: new Set(row), listed: new Map(), handedOn: new Set() };
}

/** The reason to leave the row out; null where it is added to its problem. */
function addRow(value: unknown, names: CandidateFieldNames, problems: Map<string, Open>): string | null {
  if (typeof value !== 'object' || value === null) return 'row: not an object';
  const row = readRow(value as Row, names);
  if (typeof row === 'string') return row;
  const { problem: id, prompt, candidate } = row;
  const known = problems.get(id) ?? { id, prompt, candidates: [] };
  if (known.prompt !== prompt) return 'row: prompt is not that of its problem';
  problems.set(id, known);
  known.candidates.push(candidate);
  return null;
}

type Row = Readonly<Record<string, unknown>>;

interface CandidateRow {
  readonly problem: string;
  readonly prompt: string;
  readonly candidate: TestedCandidate;
}

/** Or the reason to leave it out. */
function readRow(row: Row, names: CandidateFieldNames): CandidateRow | string {
  const of = (field: CandidateFieldName): unknown => fieldOf(row, field, names);
  const [problem, prompt, completion, passed] = [of('problem'), of('prompt'), of('completion'), of('passed')];
  if (typeof problem !== 'string' && typeof problem !== 'number') return 'row: problem missing';
  if (typeof prompt !== 'string' || prompt.trim() === '') return 'row: prompt missing';
  if (typeof completion !== 'string' || completion.trim() === '') return 'row: completion missing';
  if (typeof passed !== 'boolean' && passed !== 0 && passed !== 1) return 'row: passed is not true or false';
  const status = textOr(of('status'), passed ? 'pass' : 'failed');
  const candidate = { completion, passed: Boolean(passed), status, model: textOr(of('model'), 'unknown') };
  return { problem: nameIn(row, columnFor(row, 'problem', names)), prompt, candidate };
}

function fieldOf(row: Row, field: CandidateFieldName, names: CandidateFieldNames): unknown {
  return row[columnFor(row, field, names)];
}

function columnFor(row: Row, field: CandidateFieldName, names: CandidateFieldNames): string {
  const usual = usualCandidateNames[field].find((name) => row[name] !== undefined && row[name] !== null);
  return names[field] ?? usual ?? '';
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

function nothingLeft(path: string | readonly string[], columns: readonly string[], drops: string): UserError {
  const why = columns.length === 0 ? 'there are no rows' : `no row can be used: ${drops}`;
  return new UserError(`${[path].flat().join(', ')}: ${why}`, {
    exitCode: 2,
    hint:
      `Rows need problem, prompt, completion and passed; the columns are: ${columns.join(', ')}. ` +
      'Other names go into pairs.fields.',
  });
}
