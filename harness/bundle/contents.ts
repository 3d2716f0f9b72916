/**
 * What goes into a bundle: the plan, and of each stage its records and what reports read of it. Models, corpora and
 * pairs stay out: they are large, and often somebody else's. Their digests go with `done.json`.
 */
import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { readExperimentFile } from '../record/index.ts';
import { planFile, readDone, recordedOutputs, stageFiles, stageFolder, stageIds } from '../store/index.ts';

export interface BundledSource {
  /** In the archive, with `/` between folders. */
  readonly name: string;
  readonly path: string;
}

/** The folders and files of an archive. */
export const bundleNames = {
  crate: 'ro-crate-metadata.json',
  results: 'results',
  report: 'report',
  spec: 'experiment.yaml',
  locks: 'locks',
} as const;

const kept: ReadonlySet<string> = new Set(Object.values(recordedOutputs));
const records = [
  stageFiles.stage,
  stageFiles.provenance,
  stageFiles.journal,
  stageFiles.failed,
  stageFiles.seal,
  stageFiles.done,
] as const;

/** Whether an output of a stage is in a bundle. */
export const isBundled = (output: string): boolean => kept.has(output);

/** The plan and its stages, and scores of other models that were judged beside them. Open stages have fewer files. */
export function recordedSources(resultsFolder: string, experiment: string): readonly BundledSource[] {
  const plan = planFile(resultsFolder, experiment);
  const { stages: planned, trials } = readExperimentFile(plan);
  const judged = stageIds(resultsFolder).filter((id) => id.startsWith('scores-'));
  const ids = [
    ...planned.map(({ id }) => id),
    ...trials.flatMap((trial) => [trial.evaluate, trial.baseline]),
    ...judged,
  ];
  const stages = [...new Set(ids)].flatMap((id) => stageSources(resultsFolder, id));
  return [sourceAt(resultsFolder, plan), ...stages];
}

function stageSources(resultsFolder: string, id: string): readonly BundledSource[] {
  const folder = stageFolder(resultsFolder, id);
  const done = readDone(folder, id);
  const outputs = done === null || 'damaged' in done ? [] : done.outputs.map(({ file }) => file).filter(isBundled);
  const files = [...records, ...outputs].map((file) => join(folder, file));
  return files.filter((file) => existsSync(file)).map((file) => sourceAt(resultsFolder, file));
}

function sourceAt(resultsFolder: string, path: string): BundledSource {
  return { path, name: [bundleNames.results, ...relative(resultsFolder, path).split(sep)].join('/') };
}
