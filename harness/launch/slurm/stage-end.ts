/** How a stage that runs elsewhere ended, as its folder says. Its job may have begun it several times (requeue). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  readDone,
  readJournal,
  stageFiles,
  type JournalEvent,
  type Outcome,
  type StageResult,
} from '../../store/index.ts';

type Ended = Extract<StageResult, { kind: 'committed' | 'failed' | 'interrupted' }>;

/** @param attempt The first that counts. null: it has not ended, or could not say so. */
export function stageEnd({ folder, id, attempt }: StagePlace): Ended | null {
  const done = readDone(folder, id);
  if (done !== null && !('damaged' in done)) return { kind: 'committed', outcome: done.outcome };
  const outcome = lastOutcome(eventsOf(folder), attempt);
  if (outcome?.kind === 'failed') return { kind: 'failed', outcome, hint: null, isDiskTrouble: false };
  return outcome?.kind === 'interrupted' ? outcome : null;
}

export interface StagePlace {
  readonly folder: string;
  readonly id: string;
  readonly attempt: number;
}

/** Whether the last attempt got anywhere: one that never does is not begun for ever. */
export function madeProgress({ folder, attempt }: StagePlace): boolean {
  const events = eventsOf(folder);
  return events.slice(lastStart(events, attempt) + 1).some(({ kind }) => kind === 'progress' || kind === 'metric');
}

function lastOutcome(events: readonly JournalEvent[], attempt: number): Outcome | null {
  const start = lastStart(events, attempt);
  const end = start < 0 ? undefined : events.slice(start).findLast((event) => event.kind === 'outcome');
  return end?.kind === 'outcome' ? end.outcome : null;
}

const lastStart = (events: readonly JournalEvent[], attempt: number): number =>
  events.findLastIndex((event) => event.kind === 'attempt' && event.attempt >= attempt);

/** A journal that is being replaced just now is read at the next look. */
export function eventsOf(folder: string): readonly JournalEvent[] {
  const file = join(folder, stageFiles.journal);
  try {
    return existsSync(file) ? readJournal(file).events : [];
  } catch {
    return [];
  }
}
