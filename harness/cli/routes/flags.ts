/** Flags and arguments that several commands share, declared once. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { didYouMean, UserError } from '../../spec/index.ts';
import { atHand } from '../at-hand.ts';
import { resultsFolderOf, type CliContext } from '../context.ts';

const text = (value: string): string => value;

export const textParser = text;

/** Throws for anything but a whole number of at least 1; the message goes to the person as it is. */
export function countParser(value: string): number {
  if (!/^[1-9]\d*$/.test(value))
    throw new UserError(`expected a whole number of at least 1, not ${JSON.stringify(value)}`, { exitCode: 2 });
  return Number(value);
}

type Propose = (this: CliContext) => readonly string[];

const recordedExperiments: Propose = function () {
  return atHand(resultsFolderOf(this.host.env)).experiments();
};
const recordedStages: Propose = function () {
  return atHand(resultsFolderOf(this.host.env)).stages();
};
const specFiles: Propose = function () {
  return atHand(resultsFolderOf(this.host.env))
    .specs()
    .map(({ file }) => file);
};

export const resultsFlag = {
  kind: 'parsed',
  parse: text,
  optional: true,
  brief: 'Results folder; without it HARNESS_RESULTS, else results/',
  placeholder: 'dir',
} as const;
export const publishFlag = {
  kind: 'boolean',
  default: false,
  withNegated: false,
  brief: 'Into reports/, to be committed, instead of the results folder',
} as const;

export const reportsFlag = {
  kind: 'parsed',
  parse: text,
  optional: true,
  brief: 'Reports folder; without it HARNESS_REPORTS, else reports/',
  placeholder: 'dir',
} as const;
export const jsonFlag = {
  kind: 'boolean',
  default: false,
  withNegated: false,
  brief: 'Print one JSON document',
} as const;
export const experimentFlag = {
  kind: 'parsed',
  parse: text,
  optional: true,
  brief: 'Only this experiment',
  placeholder: 'name',
  proposeCompletions: recordedExperiments,
} as const;
export const settingFlag = {
  kind: 'parsed',
  parse: text,
  variadic: true,
  optional: true,
  brief: 'Set a key of the experiment; several values make an axis. Can be repeated',
  placeholder: 'key=value[,value]',
} as const;
export const jobsFlag = {
  kind: 'parsed',
  parse: countParser,
  optional: true,
  brief: 'Worker processes; without it as the experiment says',
  placeholder: 'n',
} as const;
export const quietFlag = {
  kind: 'boolean',
  default: false,
  withNegated: false,
  brief: 'No progress, only what goes wrong',
} as const;
export const deviceFlag = {
  kind: 'enum',
  values: ['auto', 'cpu', 'webgpu', 'cuda', 'tfjs'],
  default: 'cpu',
  brief: 'Where programs run',
} as const;
/** Sugar for `-s execution.device=...`. */
export const optionalDeviceFlag = {
  kind: 'enum',
  values: ['auto', 'cpu', 'webgpu', 'cuda', 'tfjs'],
  optional: true,
  brief: 'Where models are trained and scored; without it as the experiment says',
} as const;
export const threadsFlag = {
  kind: 'parsed',
  parse: countParser,
  default: '2',
  brief: 'Threads of the engine',
  placeholder: 'n',
} as const;

/** A name that is no file is told here, with what was probably meant. */
function specParser(this: CliContext, value: string): string {
  if (existsSync(value)) return value;
  const files = atHand(resultsFolderOf(this.host.env))
    .specs()
    .map(({ file }) => file);
  const meant = files.find((file) => shortName(file) === shortName(value)) ?? null;
  const guess = meant === null ? didYouMean(value, files) : `did you mean ${meant}?`;
  throw new UserError(`there is no file ${value}${guess === null ? '' : `; ${guess}`}`, { exitCode: 2 });
}

const shortName = (file: string): string => basename(file).replace(/\.ya?ml$/, '');

const spec = {
  parse: specParser,
  brief: 'Experiment file (YAML)',
  placeholder: 'spec',
  proposeCompletions: specFiles,
} as const;
export const specArgument = { kind: 'tuple', parameters: [spec] } as const;
/** `validate` tells of every file what is wrong with it, one that is not there included. */
export const specArguments = { kind: 'array', minimum: 1, parameter: { ...spec, parse: text } } as const;
/** Its report can be made from the file or from what is recorded under its name. */
export const experimentOrSpecArgument = {
  kind: 'tuple',
  parameters: [
    {
      parse: text,
      brief: 'Experiment file, or the name of an experiment on record',
      placeholder: 'spec',
      proposeCompletions(this: CliContext) {
        return [...recordedExperiments.call(this), ...specFiles.call(this)];
      },
    },
  ],
} as const;
export const optionalExperiment = {
  kind: 'tuple',
  parameters: [
    {
      parse: text,
      optional: true,
      brief: 'Only this experiment',
      placeholder: 'experiment',
      proposeCompletions: recordedExperiments,
    },
  ],
} as const;
export const stageArgument = {
  kind: 'tuple',
  parameters: [
    {
      parse: text,
      brief: 'Id of a stage; its beginning is enough',
      placeholder: 'id',
      proposeCompletions: recordedStages,
    },
  ],
} as const;
export const stageFolderArgument = {
  kind: 'tuple',
  parameters: [
    {
      parse: text,
      brief: 'Folder of a stage: results/store/ID, or a copy of it',
      placeholder: 'folder',
      proposeCompletions(this: CliContext) {
        return atHand(resultsFolderOf(this.host.env)).stageFolders();
      },
    },
  ],
} as const;
export const thingArguments = {
  kind: 'array',
  minimum: 1,
  parameter: {
    parse: text,
    brief: 'Id of a stage or trial, or name of an experiment; the beginning is enough',
    placeholder: 'id',
    proposeCompletions(this: CliContext) {
      return [...recordedExperiments.call(this), ...recordedStages.call(this)];
    },
  },
} as const;
