/**
 * results/experiments/<name>/plan.json, as the last sweep of that experiment wrote it: what was asked for, against
 * which outcomes are held.
 */
import {
  type JsonRecord,
  damagedFile,
  isRecord,
  listOf,
  numberOf,
  readJsonRecord,
  recordOf,
  textOf,
} from '../store/index.ts';

export interface RecordedTrial {
  readonly id: string;
  readonly seed: number;
  readonly axes: JsonRecord;
  readonly stages: readonly string[];
  readonly evaluate: string;
  readonly baseline: string;
}

export interface RecordedStageCost {
  readonly id: string;
  readonly kind: string;
  /** null in records from before stages had names. */
  readonly name: string | null;
  readonly cost: JsonRecord;
}

export interface ExperimentRecord {
  readonly experiment: string;
  readonly question: string;
  readonly command: string | null;
  readonly specText: string;
  readonly trials: readonly RecordedTrial[];
  readonly stages: readonly RecordedStageCost[];
  readonly excluded: number;
  readonly duplicates: number;
}

/** Throws `UserError` (exit 4) naming the file and the field that is missing. */
export function readExperimentFile(path: string): ExperimentRecord {
  const plan = readJsonRecord(path);
  const command = plan['command'];
  return {
    experiment: required(textOf(plan, 'experiment'), path, 'experiment'),
    question: textOf(plan, 'question') ?? '',
    command: typeof command === 'string' ? command : command === undefined ? null : JSON.stringify(command),
    specText: textOf(plan, 'specText') ?? '',
    trials: listOf(plan, 'trials').map((trial, index) => trialOf(trial, path, `trials[${index}]`)),
    stages: listOf(plan, 'stages')
      .filter(isRecord)
      .map((stage) => ({
        id: textOf(stage, 'id') ?? '',
        kind: textOf(stage, 'kind') ?? '',
        name: textOf(stage, 'name'),
        cost: recordOf(stage, 'cost') ?? {},
      })),
    excluded: listOf(plan, 'excluded').length,
    duplicates: numberOf(plan, 'duplicates') ?? 0,
  };
}

function trialOf(trial: unknown, path: string, where: string): RecordedTrial {
  if (!isRecord(trial)) throw damagedFile(path, `${where} is not an object`);
  return {
    id: required(textOf(trial, 'id'), path, `${where}.id`),
    seed: required(numberOf(trial, 'seed'), path, `${where}.seed`),
    axes: required(recordOf(trial, 'axes'), path, `${where}.axes`),
    stages: listOf(trial, 'stages').map(String),
    evaluate: required(textOf(trial, 'evaluate'), path, `${where}.evaluate`),
    baseline: required(textOf(trial, 'baseline'), path, `${where}.baseline`),
  };
}

function required<T>(value: T | null, path: string, where: string): T {
  if (value === null) throw damagedFile(path, `${where} is missing`);
  return value;
}
