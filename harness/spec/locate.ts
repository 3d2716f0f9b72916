/** Problems -> errors with a file, a line and a column. */
import { originOf, type Located } from './located.ts';
import { specError, type Problem, type SpecError } from './problem.ts';

/** Gives every problem its place, drops repetitions, and sorts by line within the main file first. */
export function locate(problems: readonly Problem[], tree: Located, sources: ReadonlyMap<string, string>): SpecError[] {
  const files = [...sources.keys()];
  const seen = new Map<string, SpecError>();
  for (const problem of problems) {
    const error = specError(originOf(tree, problem.at, problem.atKey ?? false), problem, sources);
    const key = JSON.stringify([error.file, error.line, error.column, error.path, error.expected]);
    if (!seen.has(key)) seen.set(key, error);
  }
  const rank = (error: SpecError): number => (files.includes(error.file) ? files.indexOf(error.file) : files.length);
  return [...seen.values()].sort(
    (a, b) => rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}
