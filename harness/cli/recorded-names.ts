/** Names of the stages on record: what the plans of a results folder call them. */
import { stageNames } from '../plan/index.ts';
import { readExperimentFile, type ExperimentRecord } from '../record/index.ts';
import { experimentNames, planFile } from '../store/index.ts';

/** Stage id -> name. A stage that several experiments share has the name that the first of them gives it. */
export function recordedNames(resultsFolder: string): ReadonlyMap<string, string> {
  const names = experimentNames(resultsFolder).flatMap((experiment) => {
    const record = readIfWhole(planFile(resultsFolder, experiment));
    return record === null ? [] : [...stageNames(record)];
  });
  return new Map(names.toReversed());
}

/** `evaluate-1f24ca9f68e6 (evaluate no pretraining, algebra, 16, seed 1)`; the id alone where no plan names it. */
export function withStageName(id: string, names: ReadonlyMap<string, string>): string {
  const name = names.get(id);
  return name === undefined ? id : `${id} (${name})`;
}

/** null where it is not there or damaged: `collect` tells of damage, here it costs names and reasons only. */
export function readIfWhole(file: string): ExperimentRecord | null {
  try {
    return readExperimentFile(file);
  } catch {
    return null;
  }
}
