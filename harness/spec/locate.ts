/** Problems -> errors with a file, a line and a column. */
import { originOf, type Located } from './located.ts';
import { specError, type Problem, type SpecError } from './problem.ts';

/** Gives every problem its place. */
export function locate(
  problems: readonly Problem[],
  tree: Located,
  sources: ReadonlyMap<string, string>,
): readonly SpecError[] {
  return problems.map((problem) => specError(originOf(tree, problem.at, problem.atKey ?? false), problem, sources));
}

/** Errors at places that have none yet: a misread value is one error. */
export function besides(errors: readonly SpecError[], told: readonly SpecError[]): readonly SpecError[] {
  const placeOf = ({ file, line, column }: SpecError): string => `${file}:${line}:${column}`;
  const places = new Set(told.map(placeOf));
  return errors.filter((error) => !places.has(placeOf(error)));
}

/** Errors by file, the experiment's own file first, and by line. Repetitions are dropped. */
export function inFileOrder(errors: readonly SpecError[], sources: ReadonlyMap<string, string>): readonly SpecError[] {
  const files = [...sources.keys()];
  const rank = ({ file }: SpecError): number => (files.includes(file) ? files.indexOf(file) : files.length);
  return distinct(errors).toSorted(
    (a, b) => rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

function distinct(errors: readonly SpecError[]): readonly SpecError[] {
  const first = new Map<string, SpecError>();
  for (const error of errors) {
    const key = JSON.stringify([error.file, error.line, error.column, error.path, error.expected]);
    if (!first.has(key)) first.set(key, error);
  }
  return [...first.values()];
}
