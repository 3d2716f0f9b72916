/**
 * Reading JSON that another process wrote: the boundary where `unknown` becomes a record, with the file named in every
 * complaint.
 */
import { readFileSync } from 'node:fs';
import { UserError } from '../spec/user-error.ts';
import { sealDamage } from './sealed-text.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a text holds, or undefined where it is no JSON. For files whose damage is an answer, not an error. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Throws `UserError` (exit 4) naming the file when it holds no JSON. A missing file throws as the file system says. */
export function readJson(path: string): unknown {
  return jsonOf(readFileSync(path, 'utf8'), path);
}

function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damagedFile(path, text === '' ? 'it is empty' : 'not valid JSON', cause);
  }
}

/** Throws like `readJson`, also where the JSON is no object. */
export function readJsonRecord(path: string): JsonRecord {
  return parseJsonRecord(readFileSync(path, 'utf8'), path);
}

/** The same of its text. */
export function parseJsonRecord(text: string, path: string): JsonRecord {
  const value = jsonOf(text, path);
  if (!isRecord(value)) throw damagedFile(path, 'not a JSON object');
  return value;
}

/** Throws like `readJsonRecord`, also where the file carries a sha256 that is not its own. */
export function readSealedRecord(path: string): JsonRecord {
  const text = readFileSync(path, 'utf8');
  const record = parseJsonRecord(text, path);
  const damage = sealDamage(text, record);
  if (damage !== null) throw damagedFile(path, `${damage}; the next sweep of the experiment writes it anew`);
  return record;
}

export function damagedFile(path: string, what: string, cause?: unknown): UserError {
  return new UserError(`${path}: ${what}`, { exitCode: 4, cause });
}

export function textOf(record: JsonRecord, key: string): string | null {
  const value = record[key];
  return typeof value === 'string' ? value : null;
}

export function numberOf(record: JsonRecord, key: string): number | null {
  const value = record[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function recordOf(record: JsonRecord, key: string): JsonRecord | null {
  const value = record[key];
  return isRecord(value) ? value : null;
}

export function listOf(record: JsonRecord, key: string): readonly unknown[] {
  const value = record[key];
  return Array.isArray(value) ? value : [];
}
