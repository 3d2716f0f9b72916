/**
 * Reading the journal of a stage: one JSON line an event, append-only over all its attempts. A line counts once its
 * newline is there; what follows the last newline was torn by a crash, or is being written just now: it is reported and
 * not an event.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { readIfThere } from './durable.ts';
import type { JournalEvent } from './journal-event.ts';
import { stageFiles } from './layout.ts';
import { isRecord } from './read-json.ts';

export interface JournalContent {
  readonly events: readonly JournalEvent[];
  /** null when the journal ends with a whole line. */
  readonly torn: { readonly line: number; readonly text: string } | null;
}

/** All events of a journal. Throws `UserError` (exit 4) with file:line when a line that was finished cannot be read. */
export function readJournal(path: string): JournalContent {
  return parseJournal(readFileSync(path, 'utf8'), path);
}

/** The same of its text. */
export function parseJournal(text: string, path: string): JournalContent {
  const lines = text.split('\n');
  const tail = lines.pop() ?? '';
  const events = lines.map((line, index) => parseLine(line, `${path}:${index + 1}`));
  return { events, torn: tail === '' ? null : { line: lines.length + 1, text: tail } };
}

/**
 * The highest attempt number that a journal speaks of; 0 for none. Read from the beginnings of lines, because a new
 * attempt has to be counted on from a damaged journal too.
 */
export function lastAttempt(folder: string): number {
  const text = readIfThere(join(folder, stageFiles.journal)) ?? '';
  const attempts = [...text.matchAll(/^\{"kind":"attempt","attempt":(\d+)/gm)].map((match) => Number(match[1]));
  return attempts.reduce((highest, attempt) => Math.max(highest, attempt), 0);
}

function parseLine(line: string, where: string): JournalEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw damagedLine(where, `not a line of JSON: ${line.slice(0, 60)}`, cause);
  }
  if (!isJournalEvent(value)) throw damagedLine(where, `not a journal event: ${line.slice(0, 60)}`);
  return value;
}

function damagedLine(where: string, what: string, cause?: unknown): UserError {
  return new UserError(`${where}: ${what}`, {
    exitCode: 4,
    hint: 'The journal was changed from outside; remove the stage folder to run the stage again.',
    cause,
  });
}

const fieldChecks: Readonly<Record<JournalEvent['kind'], (event: Readonly<Record<string, unknown>>) => boolean>> = {
  attempt: (event) => Number.isInteger(event['attempt']) && typeof event['startedAt'] === 'string',
  metric: (event) =>
    typeof event['name'] === 'string' &&
    typeof event['value'] === 'number' &&
    (event['step'] === null || Number.isInteger(event['step'])),
  progress: (event) => typeof event['step'] === 'number' && typeof event['steps'] === 'number',
  note: (event) => typeof event['text'] === 'string',
  outcome: (event) => typeof event['endedAt'] === 'string' && isRecord(event['outcome']),
};

function isJournalEvent(value: unknown): value is JournalEvent {
  if (!isRecord(value)) return false;
  const kind = value['kind'];
  return (
    typeof kind === 'string' && Object.hasOwn(fieldChecks, kind) && fieldChecks[kind as JournalEvent['kind']](value)
  );
}
