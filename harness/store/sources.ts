/** What lies in a results folder: every stage and experiment that was ever recorded there. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { planFile, storeFolder } from './layout.ts';

const stageFolderName = /^[a-z]+-[0-9a-f]{12}$/;

export interface RecordSource {
  readonly kind: 'stage' | 'experiment';
  /** Stage id, or experiment name. */
  readonly name: string;
  readonly folder: string;
  /** Relative to the results folder, with `/`: its key in `collected`. */
  readonly path: string;
}

/** Every stage and experiment folder, in one order on every file system. */
export function findSources(resultsFolder: string): readonly RecordSource[] {
  const stages = foldersIn(storeFolder(resultsFolder)).filter((name) => stageFolderName.test(name));
  const experiments = foldersIn(join(resultsFolder, 'experiments')).filter((name) => !name.startsWith('.'));
  return [
    ...stages.map(
      (name) => ({ kind: 'stage', name, folder: join(resultsFolder, 'store', name), path: `store/${name}` }) as const,
    ),
    ...experiments.map(
      (name) =>
        ({
          kind: 'experiment',
          name,
          folder: join(resultsFolder, 'experiments', name),
          path: `experiments/${name}`,
        }) as const,
    ),
  ];
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Experiments that were ever swept into this folder. */
export function experimentNames(resultsFolder: string): readonly string[] {
  return foldersIn(join(resultsFolder, 'experiments')).filter((name) => existsSync(planFile(resultsFolder, name)));
}
