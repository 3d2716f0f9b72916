/** What was recorded in a results folder: its stages and its experiments. */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { errorCode } from './durable.ts';
import {
  experimentFile,
  experimentFolder,
  experimentsFolder,
  planFile,
  recordedOutputs,
  stageFiles,
  stageFolder,
  storeFolder,
} from './layout.ts';

/** A folder that was copied or renamed by hand is no record. */
const recordedFolder = /^[a-z][a-z0-9-]*-[0-9a-f]{12}$/;

/** One folder that the collector reads. */
export interface RecordSource {
  readonly kind: 'stage' | 'experiment';
  /** Stage id, or experiment name. */
  readonly name: string;
  readonly folder: string;
  /** Relative to the results folder, with `/` on every system. */
  readonly path: string;
  /** The files that its record is made of; everything else in the folder is the stage's own. */
  readonly files: readonly string[];
}

const { lease: _lease, task: _task, ...filesOfARecord } = stageFiles;
const filesOfAStage = [...Object.values(filesOfARecord), ...Object.values(recordedOutputs)];

/** Whether a folder of the store has the name of a stage. */
export const isStageFolder = (name: string): boolean => recordedFolder.test(name);

/** Every stage and experiment that says what it is, in one order on every file system. */
export function findSources(resultsFolder: string): readonly RecordSource[] {
  const stages = stageIds(resultsFolder).filter(isStageFolder);
  const experiments = experimentNames(resultsFolder);
  return [
    ...stages.map((id) => sourceOf(resultsFolder, 'stage', id)).filter(isDescribed),
    ...experiments.map((name) => sourceOf(resultsFolder, 'experiment', name)),
  ];
}

function sourceOf(resultsFolder: string, kind: RecordSource['kind'], name: string): RecordSource {
  const folder = kind === 'stage' ? stageFolder(resultsFolder, name) : experimentFolder(resultsFolder, name);
  const path = relative(resultsFolder, folder).replaceAll(sep, '/');
  return { kind, name, folder, path, files: kind === 'stage' ? filesOfAStage : [experimentFile] };
}

function isDescribed({ folder }: RecordSource): boolean {
  return [stageFiles.stage, stageFiles.done].some((file) => existsSync(join(folder, file)));
}

/** Ids of the stages that have a folder, in any state. */
export function stageIds(resultsFolder: string): readonly string[] {
  return foldersIn(storeFolder(resultsFolder));
}

/** Experiments that were ever swept into this folder. */
export function experimentNames(resultsFolder: string): readonly string[] {
  return foldersIn(experimentsFolder(resultsFolder)).filter((name) => existsSync(planFile(resultsFolder, name)));
}

/** @throws UserError (4) where the folder is there and cannot be listed. */
function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return [];
    throw new UserError(`${folder} cannot be read: ${code ?? String(error)}`, {
      exitCode: 4,
      hint: 'Make it readable, or use another results folder with --results DIR.',
      cause: error,
    });
  }
}
