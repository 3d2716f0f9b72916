/**
 * Stages that were run, as their own files tell: how long each took, on what, and what it stated at the end. For
 * predictions, so what cannot be read is left out.
 */
import { join } from 'node:path';
import {
  type JournalEvent,
  type JsonRecord,
  type Locations,
  newestDone,
  numberOf,
  readDescription,
  readJournal,
  readJsonRecord,
  recordOf,
  stageFiles,
  stageFolder,
  textOf,
} from '../store/index.ts';

export interface RecordedStage {
  readonly id: string;
  readonly kind: string;
  readonly fingerprint: string;
  readonly config: unknown;
  readonly inputs: Readonly<Record<string, string>>;
  readonly locations: Locations;
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
  readonly #resultsFolder: string;
  readonly #read = new Map<string, RecordedStage | null>();

  constructor(resultsFolder: string) {
    this.#resultsFolder = resultsFolder;
  }

  /** Ids of the stages that are done, the newest first, at most `limit`. */
  newest(limit: number): readonly string[] {
    return newestDone(this.#resultsFolder, limit);
  }

  /** null where there is no such stage, or its files are damaged. */
  get(id: string): RecordedStage | null {
    const known = this.#read.get(id);
    if (known !== undefined) return known;
    const stage = id === '' ? null : readStage(stageFolder(this.#resultsFolder, id), id);
    this.#read.set(id, stage);
    return stage;
  }
}

function readStage(folder: string, id: string): RecordedStage | null {
  try {
    const { kind, fingerprint, config, inputs, locations = {} } = readDescription(folder);
    const { events } = readJournal(join(folder, stageFiles.journal));
    const machine = machineOf(readJsonRecord(join(folder, stageFiles.provenance)));
    return {
      id,
      kind,
      fingerprint,
      config,
      inputs,
      locations,
      seconds: secondsOf(events),
      ...statedBy(events),
      machine,
    };
  } catch {
    return null; // damage is the collector's to report
  }
}

function statedBy(events: readonly JournalEvent[]): Pick<RecordedStage, 'lastStep' | 'finals'> {
  const finals = new Map<string, number>();
  let lastStep: number | null = null;
  for (const event of events) {
    if (event.kind !== 'metric') continue;
    if (event.step === null) finals.set(event.name, event.value);
    else lastStep = Math.max(lastStep ?? 0, event.step);
  }
  return { lastStep, finals };
}

/** From start to end of a stage that was completed in one go. */
function secondsOf(events: readonly JournalEvent[]): number | null {
  const [start, ...more] = events.filter((event) => event.kind === 'attempt');
  const end = events.find((event) => event.kind === 'outcome');
  if (start === undefined || more.length > 0 || start.resumedFromStep !== null) return null;
  if (end === undefined || end.outcome.kind !== 'completed') return null;
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
