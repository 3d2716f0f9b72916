/**
 * What can be wrong with an experiment, as a value: where in the tree, what was expected and what was found. Positions
 * in files are added by `locate`.
 */

export type Path = readonly (string | number)[];

/**
 * A value's place. `line` and `column` count from 1; both are null for a command line override, whose `file` is `-s
 * path=value`.
 */
export interface Origin {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
}

/**
 * Found before positions are known. `at` is where to point in the file, `path` what the message is about (they differ
 * for sweep axes).
 */
export interface Problem {
  readonly at: Path;
  /** Point at the key rather than at its value. */
  readonly atKey?: boolean;
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  readonly suggestion?: string;
}

/** A problem without its place. */
export type ProblemWords = Pick<Problem, 'expected' | 'found' | 'suggestion'>;

/** One thing that is wrong with an experiment file, with line and column. */
export interface SpecError extends Origin {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** What to do, in one sentence; null where the expectation says it all. */
  readonly suggestion: string | null;
  /** The line of the file, for the caret. */
  readonly sourceLine: string | null;
}

export function formatPath(path: Path): string {
  return (
    path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('') ||
    '(experiment)'
  );
}

/** A found value as a reader of YAML would call it: `"1_000" (text)`, `a list`, `nothing`. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing (the key is missing)';
  if (value === null) return 'null';
  if (typeof value === 'string') return `"${value.length > 60 ? `${value.slice(0, 57)}...` : value}" (text)`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object')
    return Object.keys(value).length === 0 ? 'an empty map' : `a map of ${Object.keys(value).join(', ')}`;
  return String(value);
}

/** An optional suggestion as a field of a problem. */
export function hint(suggestion: string | null): { suggestion?: string } {
  return suggestion === null ? {} : { suggestion };
}

export function specError(
  origin: Origin,
  problem: Omit<Problem, 'at'>,
  sources: ReadonlyMap<string, string>,
): SpecError {
  const { path, expected, found, suggestion } = problem;
  const sourceLine = origin.line === null ? null : (sources.get(origin.file)?.split('\n')[origin.line - 1] ?? null);
  return { ...origin, path, expected, found, suggestion: suggestion ?? null, sourceLine };
}
