/**
 * Stages that were run, as their own files tell: how long each took, on what, and what it stated at the end. For
 * predictions, so what cannot be read is left out.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type JournalEvent,
  type JsonRecord,
  numberOf,
  readJournal,
  readJsonRecord,
  recordOf,
  textOf,
} from '../store/index.ts';

export interface RecordedStage {
  readonly id: string;
  readonly kind: string;
  readonly fingerprint: string | null;
  readonly config: unknown;
  readonly inputs: Readonly<Record<string, string>>;
  /** From start to end; null where it took more than one attempt, or is not completed. */
  readonly seconds: number | null;
  /** Training steps stand behind the last metric of the training; null without any. */
  readonly lastStep: number | null;
  /** Final metrics. */
  readonly finals: ReadonlyMap<string, number>;
  readonly machine: RecordedMachine;
}

/** What decides whether a recorded speed says something about this machine. null = not recorded. */
export interface RecordedMachine {
  readonly cpuModel: string | null;
  readonly cores: number | null;
  readonly workers: number | null;
  readonly threads: number | null;
  readonly device: string | null;
}

/** Reads stages of a results folder when asked for, each once. */
export class RecordedStages {
  readonly #store: string;
  readonly #read = new Map<string, RecordedStage | null>();

  constructor(resultsFolder: string) {
    this.#store = join(resultsFolder, 'store');
  }

  /** Ids of the stages that are done, the newest first, at most `limit`. */
  newest(limit: number): readonly string[] {
    if (!existsSync(this.#store)) return [];
    const timed = readdirSync(this.#store).flatMap((id) => {
      const time = statSync(join(this.#store, id, 'done.json'), { throwIfNoEntry: false })?.mtimeMs;
      return time === undefined ? [] : [{ id, time }];
    });
    return timed
      .sort((a, b) => b.time - a.time || (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map(({ id }) => id);
  }

  /** null where there is no such stage, or its files are damaged. */
  get(id: string): RecordedStage | null {
    const known = this.#read.get(id);
    if (known !== undefined) return known;
    const stage = id === '' ? null : readStage(join(this.#store, id), id);
    this.#read.set(id, stage);
    return stage;
  }
}

function readStage(folder: string, id: string): RecordedStage | null {
  try {
    const stage = readJsonRecord(join(folder, 'stage.json'));
    const { events } = readJournal(join(folder, 'journal.jsonl'));
    const metrics = events.filter((event) => event.kind === 'metric');
    return {
      id,
      kind: textOf(stage, 'kind') ?? '',
      fingerprint: textOf(stage, 'fingerprint'),
      config: stage['config'],
      inputs: (recordOf(stage, 'inputs') ?? {}) as Readonly<Record<string, string>>,
      seconds: secondsOf(events),
      lastStep: metrics.reduce<number | null>(
        (last, { step }) => (step === null ? last : Math.max(last ?? 0, step)),
        null,
      ),
      finals: new Map(metrics.flatMap(({ step, name, value }) => (step === null ? [[name, value] as const] : []))),
      machine: machineOf(readJsonRecord(join(folder, 'provenance.json'))),
    };
  } catch {
    return null; // damage is the collector's to report
  }
}

function secondsOf(events: readonly JournalEvent[]): number | null {
  const starts = events.filter((event) => event.kind === 'attempt');
  const end = events.find((event) => event.kind === 'outcome');
  const [start] = starts;
  if (
    start === undefined ||
    end === undefined ||
    starts.length > 1 ||
    end.outcome.kind !== 'completed' ||
    start.resumedFromStep !== null
  )
    return null;
  return (Date.parse(end.endedAt) - Date.parse(start.startedAt)) / 1000;
}

function machineOf(provenance: JsonRecord): RecordedMachine {
  const execution = recordOf(provenance, 'execution') ?? {};
  return {
    cpuModel: textOf(provenance, 'cpuModel'),
    cores: numberOf(provenance, 'cores'),
    workers: numberOf(execution, 'workers'),
    threads: numberOf(execution, 'threads'),
    device: textOf(execution, 'device'),
  };
}
