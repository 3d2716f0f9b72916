/** What two stages were asked for, and what was asked for behind them: the fields that differ, stage by stage. */
import { diffFields } from '../../spec/index.ts';
import { currentConfig } from '../../plan/index.ts';
import { readDescription, stageFolder, type StageDescription } from '../../store/index.ts';

export interface FieldOfBoth {
  /** How the stage is reached from the compared ones: `model.backbone`; empty = they themselves. */
  readonly stage: string;
  readonly field: string;
  /** undefined where it is not there. */
  readonly a: unknown;
  readonly b: unknown;
}

/** Two different stages in the same place. */
export interface StagePair {
  readonly stage: string;
  readonly kind: string;
  readonly a: string;
  readonly b: string;
}

export interface ConfigDiff {
  readonly fields: readonly FieldOfBoth[];
  readonly pairs: readonly StagePair[];
}

/** @param a Id of a stage. @param b Id of another one. */
export function diffStageConfigs(resultsFolder: string, a: string, b: string): ConfigDiff {
  const found = { fields: [] as FieldOfBoth[], pairs: [] as StagePair[] };
  new ConfigWalk(resultsFolder, found).visit(a, b, '');
  return found;
}

class ConfigWalk {
  readonly #resultsFolder: string;
  readonly #found: { readonly fields: FieldOfBoth[]; readonly pairs: StagePair[] };
  /** Many stages read the same task: it is looked at once. */
  readonly #seen = new Set<string>();

  constructor(resultsFolder: string, found: { readonly fields: FieldOfBoth[]; readonly pairs: StagePair[] }) {
    this.#resultsFolder = resultsFolder;
    this.#found = found;
  }

  visit(a: string, b: string, stage: string): void {
    if (a === b || this.#seen.has(`${a} ${b}`)) return;
    this.#seen.add(`${a} ${b}`);
    const [left, right] = [this.#described(a), this.#described(b)];
    this.#found.pairs.push({ stage, kind: left.kind, a, b });
    for (const { path, before, after } of diffFields(fieldsOf(left), fieldsOf(right)))
      this.#found.fields.push({ stage, field: path, a: before, b: after });
    for (const name of new Set([...Object.keys(left.inputs), ...Object.keys(right.inputs)]))
      this.#input(name, [left.inputs[name], right.inputs[name]], stage);
  }

  #input(name: string, [a, b]: readonly [string | undefined, string | undefined], stage: string): void {
    if (a !== undefined && b !== undefined) this.visit(a, b, stage === '' ? name : `${stage}.${name}`);
    else this.#found.fields.push({ stage, field: `input ${name}`, a, b });
  }

  #described(id: string): StageDescription {
    return readDescription(stageFolder(this.#resultsFolder, id));
  }
}

/** A record of whatever time, in today's words. */
const fieldsOf = ({ kind, config }: StageDescription): object => ({ kind, ...currentConfig(kind, config) });
