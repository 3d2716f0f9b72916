/** Arguments that several commands share, declared once. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { didYouMean, UserError } from '../../spec/index.ts';
import type { CliContext } from '../context.ts';
import { textParser as text } from './flags.ts';
import { recordedExperiments, recordedStages, specFiles, stageFolders } from './proposals.ts';

/** A name that is no file is told here, with what was probably meant. */
function specParser(this: CliContext, value: string): string {
  if (existsSync(value)) return value;
  const files = specFiles.call(this);
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
export const optionalExperimentOrSpec = {
  kind: 'tuple',
  parameters: [
    {
      parse: text,
      optional: true,
      brief: 'Only this experiment: its name, or its file',
      placeholder: 'experiment',
      proposeCompletions(this: CliContext) {
        return [...recordedExperiments.call(this), ...specFiles.call(this)];
      },
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
      proposeCompletions: stageFolders,
    },
  ],
} as const;
const thing = {
  parse: text,
  brief: 'Id of a stage or trial, or name of an experiment; the beginning is enough',
  placeholder: 'id',
  proposeCompletions(this: CliContext) {
    return [...recordedExperiments.call(this), ...recordedStages.call(this)];
  },
} as const;
export const thingArgument = { kind: 'tuple', parameters: [thing] } as const;
export const thingArguments = { kind: 'array', minimum: 1, parameter: thing } as const;
export const twoThingArguments = {
  kind: 'tuple',
  parameters: [
    { ...thing, placeholder: 'A' },
    { ...thing, placeholder: 'B' },
  ],
} as const;

/** A model and rows of text for it. `stage`: the kind of stage whose folders are such models. */
export function modelAndFileArguments(stage: string, model: string, rows: string) {
  return {
    kind: 'tuple',
    parameters: [
      {
        parse: text,
        brief: `Folder of a ${model}, or id of a ${stage} stage`,
        placeholder: 'model',
        proposeCompletions(this: CliContext) {
          return recordedStages.call(this).filter((id) => id.startsWith(`${stage}-`));
        },
      },
      {
        parse: text,
        brief: `${rows} as JSON lines, a JSON list or Parquet, also packed by gzip or zstd; - is stdin`,
        placeholder: 'file',
      },
    ],
  } as const;
}
