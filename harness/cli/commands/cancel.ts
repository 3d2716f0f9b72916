/**
 * `harness cancel ID`: stages of the sweep that runs are ended, or not started. It goes on with all others; the next
 * sweep runs what was cancelled.
 */
import { readExperimentFile, type ExperimentRecord, type RecordedTrial } from '../../record/index.ts';
import {
  planFile,
  readStoreState,
  readSweepLease,
  requestCancel,
  whereabouts,
  type StoreState,
} from '../../store/index.ts';
import { UserError } from '../../spec/index.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { recordedNames, withStageName } from '../recorded-names.ts';

interface CancelFlags {
  readonly results?: string;
  readonly json: boolean;
}

const shownStages = 8;

export async function cancel(context: CliContext, flags: CancelFlags, id: string): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  const holder = readSweepLease(folder);
  if (holder === null)
    throw new UserError(`no sweep is running in ${folder}: there is nothing to cancel`, {
      exitCode: 2,
      hint: '`harness status` shows what runs; --results DIR names another folder.',
    });
  const record = readExperimentFile(planFile(folder, holder.experiment));
  const asked = stagesOf(record, id);
  const states = readStoreState(folder, asked);
  const open = asked.filter((stage) => isOpen(states.get(stage)));
  requestCancel(folder, open);
  if (flags.json) return context.printJson({ experiment: record.experiment, cancelled: open });
  if (open.length === 0) return context.print(`${id}: all has ended, nothing is left to cancel`);
  const names = recordedNames(folder);
  context.print(`the sweep of ${record.experiment} (${whereabouts(holder)}) is asked to cancel:`);
  for (const stage of open.slice(0, shownStages)) context.print(`  ${withStageName(stage, names)}`);
  if (open.length > shownStages) context.print(`  and ${plural(open.length - shownStages, 'more stage')}`);
}

const isOpen = (state: StoreState | undefined): boolean =>
  state === 'absent' || (typeof state === 'object' && ('failed' in state || 'damaged' in state));

/**
 * Of the experiment all its stages; of a trial those that no other trial needs; else the stage whose id begins so.
 * @throws UserError (2)
 */
function stagesOf({ experiment, stages, trials }: ExperimentRecord, id: string): readonly string[] {
  if (id === experiment) return stages.map((stage) => stage.id);
  const stagesOfTrial = (trial: RecordedTrial): readonly string[] => [...trial.stages, trial.baseline, trial.evaluate];
  const needed = new Set(trials.filter((trial) => trial.id !== id).flatMap(stagesOfTrial));
  const chosen = trials.filter((trial) => trial.id === id).flatMap(stagesOfTrial);
  const own = [...new Set(chosen)].filter((stage) => !needed.has(stage));
  if (own.length > 0) return own;
  const found = stages.filter(
    (stage) => stage.id.startsWith(id) || stage.id.split('-').at(-1)?.startsWith(id) === true,
  );
  const [only, ...others] = found.map((stage) => stage.id);
  if (only === undefined)
    throw new UserError(`${experiment}, which is swept now, has no stage or trial ${JSON.stringify(id)}`, {
      exitCode: 2,
      hint: '`harness status` shows the stages that run.',
    });
  if (others.length === 0 || only === id) return [only];
  throw new UserError(`${JSON.stringify(id)} is the beginning of ${found.length} stage ids`, {
    exitCode: 2,
    hint: 'Give more of the id. `harness status` shows the stages that run.',
  });
}
