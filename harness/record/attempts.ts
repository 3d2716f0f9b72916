/** The journal's events folded into one row an attempt (`runs`), and the metrics that each attempt stated. */
import { type FailedRecord, type JournalEvent, type JsonRecord, type Outcome, textOf } from '../store/index.ts';

export interface Attempt {
  readonly attempt: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** `unfinished`: no end was recorded; it still runs, or it was killed. */
  readonly outcome: Outcome['kind'] | 'unfinished';
  readonly errorClass: string | null;
  readonly message: string | null;
  readonly machine: string | null;
  readonly commit: string | null;
  readonly isDirty: boolean | null;
  readonly resumedFromStep: number | null;
}

export interface StageMetric {
  readonly attempt: number;
  /** null = a final value of the stage. */
  readonly step: number | null;
  readonly name: string;
  readonly value: number;
}

/**
 * `provenance.json` and `failed.json` describe the last attempt only. `failed.json` also records the end of a worker
 * that could not write its own.
 */
export function attemptsOf(
  events: readonly JournalEvent[],
  files: { failed: FailedRecord | null; provenance: JsonRecord | null },
): { attempts: readonly Attempt[]; metrics: readonly StageMetric[] } {
  const attempts: Attempt[] = [];
  const metrics = new Map<string, StageMetric>();
  for (const event of events) addEvent(attempts, metrics, event);
  const last = attempts.pop();
  if (last !== undefined) attempts.push({ ...withFailure(last, files.failed), ...provenanceOf(files.provenance) });
  return { attempts, metrics: [...metrics.values()] };
}

/** An event belongs to the attempt that began last; before the first attempt there is nothing to add it to. */
function addEvent(attempts: Attempt[], metrics: Map<string, StageMetric>, event: JournalEvent): void {
  const current = attempts.at(-1);
  if (event.kind === 'attempt') attempts.push(started(event));
  else if (current === undefined) return;
  else if (event.kind === 'outcome') attempts[attempts.length - 1] = ended(current, event);
  else if (event.kind === 'metric') addMetric(metrics, current.attempt, event);
}

/** A step that is trained again after a resume inside one attempt states its metric again: the later value counts. */
function addMetric(
  metrics: Map<string, StageMetric>,
  attempt: number,
  { step, name, value }: Extract<JournalEvent, { kind: 'metric' }>,
): void {
  metrics.set(`${attempt} ${step} ${name}`, { attempt, step, name, value });
}

function started(event: Extract<JournalEvent, { kind: 'attempt' }>): Attempt {
  const unknown = {
    endedAt: null,
    outcome: 'unfinished',
    errorClass: null,
    message: null,
    machine: null,
    commit: null,
    isDirty: null,
  } as const;
  return {
    attempt: event.attempt,
    startedAt: event.startedAt,
    resumedFromStep: event.resumedFromStep ?? null,
    ...unknown,
  };
}

function ended(attempt: Attempt, event: Extract<JournalEvent, { kind: 'outcome' }>): Attempt {
  const { outcome } = event;
  const end = { ...attempt, endedAt: event.endedAt, outcome: outcome.kind };
  if (outcome.kind === 'failed') return { ...end, errorClass: outcome.errorClass, message: outcome.message };
  return outcome.kind === 'diverged' ? { ...end, message: `step ${outcome.step}: ${outcome.reason}` } : end;
}

function withFailure(attempt: Attempt, failed: FailedRecord | null): Attempt {
  if (failed === null || attempt.outcome !== 'unfinished' || failed.attempt !== attempt.attempt) return attempt;
  const { errorClass, message } = failed.outcome;
  return { ...attempt, outcome: 'failed', errorClass, message };
}

function provenanceOf(provenance: JsonRecord | null): Pick<Attempt, 'machine' | 'commit' | 'isDirty'> {
  if (provenance === null) return { machine: null, commit: null, isDirty: null };
  const isDirty = provenance['isDirty'];
  const machine = [textOf(provenance, 'host'), textOf(provenance, 'cpuModel'), textOf(provenance, 'platform')]
    .filter((part) => part !== null)
    .join(', ');
  return {
    machine: machine === '' ? null : machine,
    commit: textOf(provenance, 'commit'),
    isDirty: typeof isDirty === 'boolean' ? isDirty : null,
  };
}
