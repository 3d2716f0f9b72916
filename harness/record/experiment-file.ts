/**
 * The plan of an experiment, as its last sweep wrote it: what was asked for, against which outcomes are held. Plans of
 * every version are read, and speak the words of the newest.
 */
import { registeredClaims, type RegisteredClaim } from '../spec/index.ts';
import {
  type JsonRecord,
  damagedFile,
  isRecord,
  listOf,
  numberOf,
  readSealedRecord,
  readVersion,
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
  /** What people call it; null where the plan has no names. */
  readonly name: string | null;
  readonly cost: JsonRecord;
  /** Input name -> stage id; null in a plan that has none. */
  readonly plannedInputs: JsonRecord | null;
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
  /** The oldest first. */
  readonly claims: readonly RegisteredClaim[];
}

/**
 * Throws `UserError` (exit 4) naming the file, and the field that is missing, the version that is too new, or the
 * digest that does not match.
 */
export function readExperimentFile(path: string): ExperimentRecord {
  const plan = readSealedRecord(path);
  const version = readVersion(path, plan, 'plan');
  return {
    experiment: required(textOf(plan, 'experiment'), path, 'experiment'),
    question: textOf(plan, 'question') ?? '',
    command: commandOf(plan['command']),
    specText: textOf(plan, 'specText') ?? '',
    trials: listOf(plan, 'trials').map((trial, index) => trialOf(trial, version, path, `trials[${index}]`)),
    stages: listOf(plan, 'stages').filter(isRecord).map(stageOf),
    excluded: listOf(plan, 'excluded').length,
    duplicates: numberOf(plan, 'duplicates') ?? 0,
    claims: registeredClaims(plan['claims']),
  };
}

function commandOf(command: unknown): string | null {
  if (typeof command === 'string') return command;
  return command === undefined ? null : JSON.stringify(command);
}

function stageOf(stage: JsonRecord): RecordedStageCost {
  return {
    id: textOf(stage, 'id') ?? '',
    kind: textOf(stage, 'kind') ?? '',
    name: textOf(stage, 'name'),
    cost: recordOf(stage, 'cost') ?? {},
    plannedInputs: recordOf(stage, 'inputs'),
  };
}

function trialOf(trial: unknown, version: number, path: string, where: string): RecordedTrial {
  if (!isRecord(trial)) throw damagedFile(path, `${where} is not an object`);
  return {
    id: required(textOf(trial, 'id'), path, `${where}.id`),
    seed: required(numberOf(trial, 'seed'), path, `${where}.seed`),
    axes: axesOf(required(recordOf(trial, 'axes'), path, `${where}.axes`), version),
    stages: listOf(trial, 'stages').map(String),
    evaluate: required(textOf(trial, 'evaluate'), path, `${where}.evaluate`),
    baseline: required(textOf(trial, 'baseline'), path, `${where}.baseline`),
  };
}

/** Version 1 called the axis `model` `architecture`, and the arm without pretraining `scratch`. */
function axesOf(axes: JsonRecord, version: number): JsonRecord {
  if (version > 1) return axes;
  const { architecture, ...others } = axes;
  return {
    ...(architecture !== undefined && { model: architecture }),
    ...others,
    ...(axes['arm'] === 'scratch' && { arm: 'none' }),
  };
}

function required<T>(value: T | null, path: string, where: string): T {
  if (value === null) throw damagedFile(path, `${where} is missing`);
  return value;
}
