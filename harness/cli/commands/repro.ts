/** `harness repro ID`: the commands that make a trial, or the trial that has a stage, again in a fresh clone. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findThing, readExperimentFile, type ExperimentRecord, type FoundThing } from '../../record/index.ts';
import { captureOrigin } from '../../run/index.ts';
import { UserError } from '../../spec/user-error.ts';
import {
  experimentNames,
  planFile,
  readDone,
  readRecordedProvenance,
  stageFiles,
  stageFolder,
} from '../../store/index.ts';
import type { CliContext } from '../context.ts';
import { reproduction, type RecordedStage } from '../output/reproduction.ts';
import { readResults } from '../read-results.ts';
import { recordedNames } from '../recorded-names.ts';

interface ReproFlags {
  readonly results?: string;
  readonly json: boolean;
}

export async function repro(context: CliContext, flags: ReproFlags, beginning: string): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  const thing = await readResults(context, folder, (database) => findThing(database, beginning));
  const { record, trial, stageId } = recordOf(thing, folder);
  const stage = recordedStage(stageId, folder);
  const script = reproduction({ thing, record, trial, stage, origin: captureOrigin() });
  if (flags.json)
    return context.printJson({ kind: thing.kind, id: thing.id, experiment: record.experiment, stage: stageId, script });
  context.print(script);
}

type RecordedTrial = ExperimentRecord['trials'][number];

interface Recorded {
  readonly record: ExperimentRecord;
  /** What to make again: null = all of the experiment. */
  readonly trial: RecordedTrial | null;
  /** Whose outputs tell whether it came out the same. */
  readonly stageId: string;
}

/** A stage that several trials have is made again with the first of them. */
function recordOf({ kind, id }: FoundThing, folder: string): Recorded {
  for (const name of experimentNames(folder)) {
    const record = readExperimentFile(planFile(folder, name));
    if (kind === 'experiment' && record.experiment === id)
      return { record, trial: null, stageId: record.trials[0]?.evaluate ?? '' };
    const trial = record.trials.find((one) => (kind === 'trial' ? one.id === id : one.stages.includes(id)));
    if (trial !== undefined) return { record, trial, stageId: kind === 'trial' ? trial.evaluate : id };
  }
  throw new UserError(`${id} is in no plan on record`, {
    exitCode: 2,
    hint: 'Only what a sweep made can be made again; `harness show` tells where it comes from.',
  });
}

function recordedStage(id: string, resultsFolder: string): RecordedStage {
  const folder = stageFolder(resultsFolder, id);
  const done = existsSync(folder) ? readDone(folder, id) : null;
  if (done === null || 'damaged' in done)
    throw new UserError(`${id}: ${done === null ? 'not done' : done.damaged}, so there is nothing to compare with`, {
      exitCode: 4,
      hint: 'Sweep its experiment first.',
    });
  const provenance = readRecordedProvenance(join(folder, stageFiles.provenance));
  return { id, name: recordedNames(resultsFolder).get(id) ?? id, outputs: done.outputs, provenance };
}
