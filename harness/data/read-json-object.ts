import { readFileSync } from 'node:fs';
import { UserError } from '../spec/user-error.ts';
import { natureOfFile } from './file-nature.ts';

/** A file of a model folder that must hold one JSON object. @throws UserError (4) where it holds none. */
export function readJsonObject(path: string): object {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null) return value;
    throw new Error('it holds no object');
  } catch (cause) {
    const nature = natureOfFile(path);
    if (nature !== null) throw new UserError(`${path}: ${nature.is}`, { exitCode: 4, hint: nature.hint, cause });
    throw new UserError(`${path}: cannot be read as JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      exitCode: 4,
      hint: 'Download it again, or run the stage that writes it again.',
      cause,
    });
  }
}
