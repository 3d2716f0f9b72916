/** Where a row has what: the names that an experiment gives, else the usual ones. */
import { didYouMean, UserError } from '../../spec/index.ts';

/** Names tried in this order where the experiment gives none. `group` has none: the prompt is the group. */
export const usualNames = {
  prompt: ['prompt', 'question', 'instruction'],
  chosen: ['chosen'],
  rejected: ['rejected'],
  margin: ['margin'],
  candidates: ['candidates', 'responses', 'completions'],
  group: [],
  text: ['text', 'response', 'completion'],
  label: ['label', 'is_correct', 'isCorrect', 'correct'],
  rating: ['rating', 'score', 'overall_score'],
  answer: ['answer'],
  source: ['source', 'model'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type FieldName = keyof typeof usualNames;
/** null = one of the usual names. */
export type FieldNames = Readonly<Record<FieldName, string | null>>;
export type Row = Readonly<Record<string, unknown>>;

/** Fields of each candidate; the others are of the row. */
export const candidateFields: ReadonlySet<FieldName> = new Set(['text', 'label', 'rating', 'answer', 'source']);

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a field; null where the row has none. */
export function valueOf(row: Row, field: FieldName, names: FieldNames): unknown {
  const given = names[field];
  if (given !== null) return row[given] ?? null;
  const usual = usualNames[field].find((name) => row[name] !== undefined && row[name] !== null);
  return usual === undefined ? null : row[usual];
}

/** The columns that a file was seen to have. */
export class Columns {
  readonly #row = new Set<string>();
  readonly #candidate = new Set<string>();

  see(row: Row, names: FieldNames): void {
    for (const name of Object.keys(row)) this.#row.add(name);
    const candidates = valueOf(row, 'candidates', names);
    if (!Array.isArray(candidates)) return;
    for (const candidate of candidates)
      if (isRow(candidate)) for (const name of Object.keys(candidate)) this.#candidate.add(name);
  }

  /** Those that a field is looked for in. */
  namesFor(field: FieldName): readonly string[] {
    return [...(candidateFields.has(field) ? this.#candidate : this.#row)];
  }

  toString(): string {
    return list([...this.#row]);
  }
}

/**
 * Files of one section may have different shapes: a field must be in one of them.
 * @throws UserError (2) for a field that the experiment names and no row has.
 */
export function requireFields(
  names: FieldNames,
  files: readonly { readonly path: string; readonly columns: Columns }[],
  section: string,
): void {
  for (const [field, name] of Object.entries(names) as [FieldName, string | null][]) {
    const seen = [...new Set(files.flatMap(({ columns }) => columns.namesFor(field)))];
    if (name === null || seen.includes(name)) continue;
    const what = candidateFields.has(field) ? 'candidate' : 'row';
    const paths = files.map(({ path }) => path).join(', ');
    throw new UserError(`${paths}: ${section}.fields.${field}: no ${what} has ${name}; there are ${list(seen)}`, {
      exitCode: 2,
      hint: didYouMean(name, seen) ?? `Name one of them in ${section}.fields.`,
    });
  }
}

function list(names: readonly string[]): string {
  const some = names.slice(0, 20);
  if (some.length === 0) return 'none';
  return names.length > some.length ? `${some.join(', ')} and ${names.length - some.length} more` : some.join(', ');
}
