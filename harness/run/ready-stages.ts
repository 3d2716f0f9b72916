/**
 * `harness stage ready`: the stages that could start now, each with its task.json in its folder, for whoever carries
 * them out by `harness stage run FOLDER` elsewhere (Ray, Kubernetes, a shell loop). What it does for a stage is what a
 * sweep does just before it starts one.
 */
import { resolve } from 'node:path';
import {
  CheckedStages,
  clearFolder,
  readStageState,
  readStoreState,
  stageFolder,
  takeSweepLease,
  watchStage,
  writeTaskFile,
} from '../store/index.ts';
import { damageIn } from './attempt-end.ts';
import { preflight } from './preflight.ts';
import { captureProvenance } from './provenance.ts';
import { scheduleFromStore } from './schedule-from-store.ts';
import type { Schedule } from './schedule.ts';
import { settleElsewhere } from './settle-execution.ts';
import { defaultLimits, type SweepOptions } from './sweep-types.ts';
import { nextAttempt, taskOfStage } from './task-of-stage.ts';
import { writePlan, type PlanOnRecord } from './write-plan.ts';

export type ReadyOptions = PlanOnRecord & Pick<SweepOptions, 'cacheFolder' | 'plugins' | 'execution'>;

export interface ReadyStages {
  /** Those that nobody carries out. A task.json is in each. */
  readonly folders: readonly string[];
  readonly counts: {
    readonly done: number;
    readonly running: number;
    /** For an input. */
    readonly waiting: number;
    /** Ended badly: the stages themselves, and those that need them. */
    readonly failed: number;
    readonly blocked: number;
  };
}

/**
 * A stage that failed is not given out again: a loop over what is ready has an end.
 *
 * @throws UserError (3) while a sweep is in the results folder, where that cannot be written to, and for `device:
 *   auto`.
 */
export async function readyStages(given: ReadyOptions): Promise<ReadyStages> {
  const options = { ...given, resultsFolder: resolve(given.resultsFolder), cacheFolder: resolve(given.cacheFolder) };
  const { plan, resultsFolder, onEvent } = options;
  const onWait = (text: string): void => onEvent({ type: 'note', stageId: null, text });
  const execution = settleElsewhere(options.execution, 'wherever its folder is run');
  preflight(resultsFolder, defaultLimits.minimumFreeBytes, onWait);
  const lease = await takeSweepLease(resultsFolder, plan.experiment, { lostMs: defaultLimits.leaseLostMs, onWait });
  try {
    const checked = new CheckedStages(resultsFolder);
    const schedule = scheduleFromStore(options, checked);
    settleFailed(schedule, options, checked);
    writePlan(options, lease);
    const running = schedule.stages.filter(({ id }) => isTaken(schedule, stageFolder(resultsFolder, id), id));
    for (const { id } of running) schedule.set(id, 'running');
    const context = {
      sweep: options,
      provenance: captureProvenance(execution),
      inputsOf: (stage: (typeof plan.stages)[number]) => schedule.inputsOf(stage),
    };
    const folders: string[] = [];
    for (const stage of schedule.ready()) {
      const folder = stageFolder(resultsFolder, stage.id);
      const damage = (): string | null => damageIn(readStageState(resultsFolder, stage.id, checked));
      const why = damage();
      if (why !== null) clearFolder(folder, why, () => damage() !== null);
      writeTaskFile(taskOfStage(stage, { attempt: nextAttempt(folder), halvings: 0 }, context));
      folders.push(folder);
    }
    checked.save();
    return { folders, counts: countsOf(schedule, folders.length) };
  } finally {
    lease.release();
  }
}

/** A sweep tries them again. Whoever runs stages elsewhere has tried them, as often as it wanted to. */
function settleFailed(schedule: Schedule, { plan, resultsFolder }: ReadyOptions, checked: CheckedStages): void {
  const ids = plan.stages.map(({ id }) => id);
  for (const [id, state] of readStoreState(resultsFolder, ids, checked))
    if (typeof state === 'object' && 'failed' in state) schedule.set(id, 'failed');
}

function isTaken(schedule: Schedule, folder: string, id: string): boolean {
  return schedule.statusOf(id) === 'pending' && watchStage(folder).look().kind === 'held';
}

function countsOf(schedule: Schedule, ready: number): ReadyStages['counts'] {
  return {
    done: schedule.count('cached') + schedule.count('diverged'),
    running: schedule.count('running'),
    waiting: schedule.count('pending') - ready,
    failed: schedule.count('failed'),
    blocked: schedule.count('blocked'),
  };
}
