/** The evaluations that `harness rescore` is asked about: of experiments, by their own ids, or all. */
import { UserError } from '../spec/user-error.ts';
import { experimentNames, planFile, readDescription, readStageState, stageFolder, stageIds } from '../store/index.ts';
import { readExperimentFile } from '../record/index.ts';
import type { EvaluateConfig } from '../stages/index.ts';
import { stageBeginningWith } from './stage-beginning-with.ts';

export interface EvaluateStage {
  readonly id: string;
  readonly folder: string;
  readonly config: EvaluateConfig;
  /** Id of its task stage. */
  readonly task: string;
}

const kind = 'evaluate';

/**
 * Each once, in the order of the store. Evaluations on dev, which tune, are there only where they are named.
 * @throws UserError (2) for a name that is none of these; (3) where nothing is done that was asked for.
 */
export function evaluateStages(names: readonly string[], resultsFolder: string): readonly EvaluateStage[] {
  const ids = names.length === 0 ? stageIds(resultsFolder) : names.flatMap((name) => idsOf(name, resultsFolder));
  const done = [...new Set(ids)]
    .filter((id) => id.startsWith(`${kind}-`) && readStageState(resultsFolder, id) === 'done')
    .toSorted()
    .map((id) => read(id, resultsFolder))
    .filter(({ id, config }) => config.split === 'test' || names.some((name) => id.startsWith(name)));
  if (done.length > 0) return done;
  throw new UserError(`${names.length === 0 ? resultsFolder : names.join(', ')}: no evaluation is done`, {
    exitCode: 3,
    hint: `harness ls stages --kind ${kind} lists them.`,
  });
}

function idsOf(name: string, resultsFolder: string): readonly string[] {
  if (experimentNames(resultsFolder).includes(name))
    return readExperimentFile(planFile(resultsFolder, name)).stages.map(({ id }) => id);
  const id = stageBeginningWith(name, resultsFolder);
  if (id?.startsWith(`${kind}-`) === true) return [id];
  const problem = id === null ? 'neither an experiment nor a stage' : `a stage of another kind: ${id}`;
  throw new UserError(`${name} is ${problem}`, {
    exitCode: 2,
    hint: `Name experiments, or stages of the kind ${kind}: harness ls stages --kind ${kind}.`,
  });
}

function read(id: string, resultsFolder: string): EvaluateStage {
  const folder = stageFolder(resultsFolder, id);
  const { config, inputs } = readDescription(folder);
  return { id, folder, config: config as EvaluateConfig, task: inputs['task'] ?? '' };
}
