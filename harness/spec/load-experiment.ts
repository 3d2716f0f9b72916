/** The one place where experiment files are read from disk. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { formatSpecErrors } from './format-errors.ts';
import type { ExperimentFormat } from './format.ts';
import { readFiles, type ReadFile } from './merge-files.ts';
import { resolveBeside } from './locations.ts';
import { parseExperiment, type ParsedExperiment, type ParseResult } from './parse-experiment.ts';
import { specError, type Origin, type SpecError } from './problem.ts';
import { UserError } from './user-error.ts';

const readText = (file: string): string => readFileSync(file, 'utf8');

/**
 * Reads an experiment, what it extends, and applies overrides (`path=value`). Never throws: a file that cannot be read
 * is an error value too.
 */
export function loadExperiment(file: string, format: ExperimentFormat, overrides: readonly string[] = []): ParseResult {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    return { ok: false, errors: [unreadable(file, error as NodeJS.ErrnoException)] };
  }
  return parseExperiment(text, file, { readFile: readText, overrides, format });
}

function unreadable(file: string, { code, message }: NodeJS.ErrnoException): SpecError {
  const found = code === 'ENOENT' ? 'no such file' : `an error (${message})`;
  const words = { path: '(file)', expected: 'an experiment file', found };
  return specError({ file, line: null, column: null }, words, new Map());
}

/** A plug-in that an experiment names: an absolute path, and where it is written. */
export interface NamedPlugin {
  readonly file: string;
  readonly origin: Origin;
}

/**
 * The plug-ins of an experiment, read before anything else: they decide what the format is. A file that cannot be read
 * has none here; `loadExperiment` says why.
 */
export function namedPlugins(file: string): readonly NamedPlugin[] {
  try {
    return pluginsIn(readText(file), file, readText);
  } catch {
    return [];
  }
}

export function pluginsIn(text: string, file: string, readFile: ReadFile): readonly NamedPlugin[] {
  const plugins = readFiles(text, file, readFile, z.unknown()).tree?.entries.get('plugins')?.value;
  if (plugins?.kind !== 'list') return [];
  return plugins.items.flatMap((item) =>
    item.kind === 'scalar' && typeof item.value === 'string'
      ? [{ file: resolveBeside(item.origin, item.value), origin: item.origin }]
      : [],
  );
}

/** The experiment, or all its errors as one `UserError` (exit 2). */
export function experimentOrThrow(result: ParseResult): ParsedExperiment {
  if (result.ok) return result;
  const { length } = result.errors;
  throw new UserError(formatSpecErrors(result.errors), {
    exitCode: 2,
    hint:
      `Correct the ${length === 1 ? 'error' : `${length} errors`} above; ` +
      `docs/experiment.schema.json lists every key.`,
  });
}
