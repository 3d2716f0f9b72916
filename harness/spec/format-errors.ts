/** Errors of an experiment as text for people; the one place that knows how they look. */
import type { Origin, SpecError } from './problem.ts';

/** Plain text for a terminal, one block an error: `file:line:col: path: expected X, found Y`, the line, and a caret. */
export function formatSpecErrors(errors: readonly SpecError[]): string {
  return errors.map(formatSpecError).join('\n');
}

function formatSpecError(error: SpecError): string {
  const { path, expected, found, suggestion, sourceLine, line, column } = error;
  const advice = suggestion === null ? '' : `; ${suggestion}`;
  const message = `${formatOrigin(error)}: ${path}: expected ${expected}, found ${found}${advice}`;
  if (sourceLine === null || line === null || column === null) return message;
  return `${message}\n${withCaret(sourceLine, line, column)}`;
}

function withCaret(sourceLine: string, line: number, column: number): string {
  const gutter = String(line);
  // A tab stays a tab below itself, so that the caret lines up in any terminal.
  const indent = sourceLine.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
  return `  ${gutter} | ${sourceLine}\n  ${' '.repeat(gutter.length)} | ${indent}^`;
}

export function formatOrigin({ file, line, column }: Origin): string {
  return line === null ? file : `${file}:${line}:${column}`;
}
