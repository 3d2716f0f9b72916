/**
 * Rows of scores -> one entry a pair or question: rows of single responses are put together, and a row that stands
 * twice counts once where both say the same.
 */
import { UserError } from '../spec/user-error.ts';
import { plural } from '../text/index.ts';
import type { OwnFacts } from './formats/score-format.ts';
import type { PlacedRow } from './read-scores.ts';

/** All scores of one pair or question. */
export interface Gathered {
  readonly id: string;
  readonly place: string;
  readonly set: PlacedRow['set'];
  readonly scores:
    | { readonly kind: 'sides'; readonly chosen: readonly number[]; readonly rejected: readonly number[] }
    | { readonly kind: 'list'; readonly scores: readonly number[] }
    /** By the number of the candidate; some may be missing. */
    | { readonly kind: 'candidates'; readonly scores: ReadonlyMap<number, number> };
  readonly own: OwnFacts;
}

export interface GatheredRows {
  readonly entries: readonly Gathered[];
  /** Rows that say again what a row before them said. */
  readonly repeatedRows: number;
}

/** @throws UserError (2) with all rows that contradict one before them, or have no id. */
export function gather(rows: readonly PlacedRow[]): GatheredRows {
  const gathering = new Gathering();
  for (const row of rows) gathering.add(row);
  return gathering.finish();
}

class Gathering {
  readonly #whole = new Map<string, PlacedRow>();
  readonly #parts = new Map<string, Map<number, PlacedRow>>();
  readonly #problems: string[] = [];
  #repeated = 0;

  add(row: PlacedRow): void {
    if (row.id === null) return void this.#problems.push(`${row.place}: no id`);
    const key = JSON.stringify([setOf(row), row.own.subset, row.id]);
    if (row.scores.kind !== 'one') return this.#put(this.#whole, key, row);
    const parts = this.#parts.get(key) ?? new Map<number, PlacedRow>();
    this.#parts.set(key, parts);
    this.#put(parts, numberOf(row.scores.candidate), row);
  }

  #put<Key>(rows: Map<Key, PlacedRow>, key: Key, row: PlacedRow): void {
    const before = rows.get(key);
    if (before === undefined) rows.set(key, row);
    else if (sameScores(before, row)) this.#repeated += 1;
    else this.#problems.push(`${row.place}: other scores for ${named(row)} than ${before.place} has`);
  }

  finish(): GatheredRows {
    if (this.#problems.length > 0) throw contradictions(this.#problems);
    const whole = [...this.#whole.values()].map(wholeEntry);
    const parts = [...this.#parts.values()].map(partsEntry);
    return { entries: withOwnIds([...whole, ...parts]), repeatedRows: this.#repeated };
  }
}

/** Benchmarks number their sections each from 0: an id that stands in several has its section before it. */
function withOwnIds(entries: readonly Gathered[]): readonly Gathered[] {
  const keyOf = ({ set, id }: Gathered): string => JSON.stringify([set, id]);
  const counts = new Map<string, number>();
  for (const entry of entries) counts.set(keyOf(entry), (counts.get(keyOf(entry)) ?? 0) + 1);
  return entries.map((entry) => {
    const { id, own } = entry;
    const isAmbiguous = own.subset !== null && (counts.get(keyOf(entry)) ?? 0) > 1;
    return isAmbiguous ? { ...entry, id: `${own.subset}/${id}` } : entry;
  });
}

/** What a row says of itself, or what its shape tells; null = the task decides. */
function setOf({ set, scores }: PlacedRow): PlacedRow['set'] {
  if (set !== null) return set;
  if (scores.kind === 'sides') return scores.chosen.length + scores.rejected.length === 2 ? 'pairs' : 'pool';
  return scores.kind === 'one' && typeof scores.candidate === 'string' ? 'pairs' : null;
}

const numberOf = (candidate: number | 'chosen' | 'rejected'): number =>
  candidate === 'chosen' ? 0 : candidate === 'rejected' ? 1 : candidate;

function sameScores(a: PlacedRow, b: PlacedRow): boolean {
  // NaN is written as null, and so are both infinities: two of them say the same.
  return JSON.stringify(a.scores) === JSON.stringify(b.scores);
}

function named({ id, scores }: PlacedRow): string {
  return scores.kind === 'one' ? `candidate ${scores.candidate} of ${id}` : String(id);
}

function wholeEntry(row: PlacedRow): Gathered {
  const { id, place, scores, own } = row;
  if (scores.kind === 'one') throw new Error('a single response is no whole entry');
  return { id: id ?? '', place, set: setOf(row), scores, own };
}

/** Labels and lengths of the parts, in the order of the candidates. */
function partsEntry(parts: ReadonlyMap<number, PlacedRow>): Gathered {
  const ordered = [...parts].toSorted(([a], [b]) => a - b);
  const rows = ordered.map(([, row]) => row);
  const [first] = rows;
  if (first === undefined) throw new Error('an entry without rows');
  const scores = new Map(ordered.map(([candidate, row]) => [candidate, scoreIn(row)]));
  const labels = rows.map(({ own }) => own.labels?.[0]);
  return {
    id: first.id ?? '',
    place: first.place,
    set: setOf(first),
    scores: { kind: 'candidates', scores },
    own: { ...first.own, labels: labels.every((label) => label !== undefined) ? labels : null },
  };
}

function scoreIn({ scores }: PlacedRow): number {
  return scores.kind === 'one' ? scores.score : NaN;
}

const shownProblems = 20;

function contradictions(problems: readonly string[]): UserError {
  const more = problems.length - shownProblems;
  const lines = [
    `${plural(problems.length, 'row')} cannot be told to what they belong`,
    ...problems.slice(0, shownProblems),
    ...(more > 0 ? [`... and ${more} more`] : []),
  ];
  return new UserError(lines.join('\n  '), {
    exitCode: 2,
    hint: 'Every pair and every question needs one id, and one score for each of its responses.',
  });
}
