/** Names of the stages on record: what the plans of a results folder call them. */
import type { ScoresConfig } from '../judged/index.ts';
import { stageNames } from '../plan/index.ts';
import { readExperimentFile, type ExperimentRecord } from '../record/index.ts';
import { experimentNames, planFile, readDescription, stageFolder, stageIds } from '../store/index.ts';

/**
 * Stage id -> name. A stage that several experiments share has the name that the first of them gives it; scores that
 * were judged outside a sweep are called by their model and task.
 */
export function recordedNames(resultsFolder: string): ReadonlyMap<string, string> {
  const names = experimentNames(resultsFolder).flatMap((experiment) => {
    const record = readIfWhole(planFile(resultsFolder, experiment));
    return record === null ? [] : [...stageNames(record)];
  });
  return new Map([...keptScores(resultsFolder), ...names.toReversed()]);
}

function keptScores(resultsFolder: string): readonly (readonly [string, string])[] {
  const ids = stageIds(resultsFolder).filter((id) => id.startsWith('scores-'));
  return ids.flatMap((id) => {
    const about = scoresConfig(stageFolder(resultsFolder, id));
    if (about === null) return [];
    const { model, task } = about;
    return [[id, task === null ? `scores ${model}` : `scores ${model}, ${task.name}`] as const];
  });
}

/** null where it cannot be read: it costs a name only. */
function scoresConfig(folder: string): ScoresConfig | null {
  try {
    return readDescription(folder).config as ScoresConfig;
  } catch {
    return null;
  }
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
