/** The one place where experiment files are read from disk. */
import { readFileSync } from 'node:fs';
import { formatSpecErrors } from './format-errors.ts';
import { parseExperiment, type ParsedExperiment, type ParseResult } from './parse-experiment.ts';
import { specError } from './problem.ts';
import { UserError } from './user-error.ts';

/**
 * Reads an experiment, what it extends, and applies overrides (`path=value`). Never throws: a file that cannot be read
 * is an error value too.
 */
export function loadExperiment(file: string, overrides: readonly string[] = []): ParseResult {
  const readFile = (name: string): string => readFileSync(name, 'utf8');
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    const found =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : `an error (${(error as Error).message})`;
    return {
      ok: false,
      errors: [
        specError(
          { file, line: null, column: null },
          { path: '(file)', expected: 'an experiment file', found },
          new Map(),
        ),
      ],
    };
  }
  return parseExperiment(text, file, { readFile, overrides });
}

/** The experiment, or all its errors as one `UserError` (exit 2). */
export function experimentOrThrow(result: ParseResult): ParsedExperiment {
  if (result.ok) return result;
  const { length } = result.errors;
  throw new UserError(formatSpecErrors(result.errors), {
    exitCode: 2,
    hint: `Correct the ${length === 1 ? 'error' : `${length} errors`} above; docs/experiment.schema.json lists every key.`,
  });
}
