/**
 * One stage folder of results/store, read into rows: a pure function of stage.json, provenance.json, journal.jsonl,
 * done.json and failed.json. A folder that cannot be trusted gives a `damaged` stage row with the reason, so that
 * nothing built on it passes as complete.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type JsonRecord,
  damagedFile,
  isRecord,
  listOf,
  numberOf,
  readJournal,
  readJsonRecord,
  recordOf,
  textOf,
} from '../store/index.ts';
import { failureOf } from './failure.ts';
import { attemptsOf } from './attempts.ts';
import type { Attempt, StageMetric } from './attempts.ts';
import type { ItemColumns } from './item-columns.ts';

export type StageOutcome = 'completed' | 'diverged' | 'failed' | 'interrupted' | 'unfinished' | 'damaged';

export interface StageRecord {
  readonly stageId: string;
  readonly kind: string;
  readonly fingerprint: string | null;
  readonly config: string | null;
  readonly inputs: string | null;
  readonly outcome: StageOutcome;
  /** Why it is not completed, in one line. */
  readonly cause: string | null;
  readonly attempts: readonly Attempt[];
  readonly metrics: readonly StageMetric[];
  readonly items: ItemColumns | null;
  /** Complaints that a person should see; the record stands all the same. */
  readonly problems: readonly string[];
}

/** The files that a record is made of; everything else in the folder is the stage's own. */
export const recordFiles = [
  'stage.json',
  'provenance.json',
  'journal.jsonl',
  'done.json',
  'failed.json',
  'items.arrow',
] as const;

/** Never throws for what the files hold: damage becomes the record's outcome. */
export async function readStoreFolder(folder: string, stageId: string): Promise<StageRecord> {
  try {
    return await readSound(folder, stageId);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return {
      stageId,
      kind: stageId.slice(0, stageId.lastIndexOf('-')),
      fingerprint: null,
      config: null,
      inputs: null,
      outcome: 'damaged',
      cause,
      attempts: [],
      metrics: [],
      items: null,
      problems: [cause],
    };
  }
}

async function readSound(folder: string, stageId: string): Promise<StageRecord> {
  const stage = readJsonRecord(join(folder, 'stage.json'));
  if (textOf(stage, 'id') !== stageId)
    throw damagedFile(join(folder, 'stage.json'), `says id ${JSON.stringify(stage['id'])}, the folder is ${stageId}`);
  const done = readOptional(join(folder, 'done.json'));
  const failed = readOptional(join(folder, 'failed.json'));
  const provenance = readOptional(join(folder, 'provenance.json'));
  const journalPath = join(folder, 'journal.jsonl');
  const journal = existsSync(journalPath) ? readJournal(journalPath) : { events: [], torn: null };
  const { attempts, metrics } = attemptsOf(journal.events, { failed, provenance });
  return {
    stageId,
    kind: textOf(stage, 'kind') ?? '',
    fingerprint: textOf(stage, 'fingerprint'),
    config: JSON.stringify(stage['config'] ?? null),
    inputs: JSON.stringify(stage['inputs'] ?? null),
    ...outcomeOf(done, failed, attempts),
    attempts,
    metrics,
    items: done === null ? null : await readItems(folder, done),
    problems: journal.torn === null ? [] : [`${journalPath}:${journal.torn.line}: the last line is torn, ignored`],
  };
}

function readOptional(path: string): JsonRecord | null {
  return existsSync(path) ? readJsonRecord(path) : null;
}

function outcomeOf(
  done: JsonRecord | null,
  failed: JsonRecord | null,
  attempts: readonly Attempt[],
): { outcome: StageOutcome; cause: string | null } {
  const last = attempts.at(-1);
  if (done !== null) return doneOutcome(done);
  if (last?.outcome === 'interrupted') return { outcome: 'interrupted', cause: last.message };
  if (last?.outcome === 'failed') return { outcome: 'failed', cause: last.message };
  if (failed !== null) return { outcome: 'failed', cause: failureOf(failed).message };
  return { outcome: 'unfinished', cause: 'started, and no end was recorded' };
}

function doneOutcome(done: JsonRecord): { outcome: StageOutcome; cause: string | null } {
  const outcome = recordOf(done, 'outcome') ?? {};
  if (outcome['kind'] === 'completed') return { outcome: 'completed', cause: null };
  if (outcome['kind'] !== 'diverged') throw new Error(`done.json names no outcome: ${JSON.stringify(done['outcome'])}`);
  const reason = textOf(outcome, 'reason') ?? 'no reason recorded';
  const step = numberOf(outcome, 'step');
  return { outcome: 'diverged', cause: step === null ? reason : `step ${step}: ${reason}` };
}

/** Items of a stage that committed them; their bytes must be the ones that done.json vouches for. */
async function readItems(folder: string, done: JsonRecord): Promise<ItemColumns | null> {
  const entry = listOf(done, 'outputs').find((output) => isRecord(output) && output['file'] === 'items.arrow');
  if (!isRecord(entry)) return null;
  const path = join(folder, 'items.arrow');
  const bytes = readFileSync(path);
  if (createHash('sha256').update(bytes).digest('hex') !== entry['sha256'])
    throw damagedFile(path, 'its sha256 is not the one in done.json');
  // Arrow takes longer to load than a collect with nothing new takes altogether.
  const { readItemColumns } = await import('./item-columns.ts');
  return readItemColumns(bytes, path);
}
