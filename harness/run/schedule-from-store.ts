/** What a sweep finds done, failed or damaged before it starts. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { executionOrder } from '../plan/index.ts';
import type { ErrorClass } from '../spec/error-class.ts';
import { readStoreState, stageFiles, stageFolder, type CheckedStages, type StoreState } from '../store/index.ts';
import { Schedule } from './schedule.ts';
import type { SweepOptions } from './sweep-types.ts';

/**
 * Failed stages of earlier sweeps are tried again; done and diverged ones never are; damaged ones are, and it is said
 * why.
 */
export function scheduleFromStore(
  { plan, resultsFolder, onlyFailed, onEvent }: Pick<SweepOptions, 'plan' | 'resultsFolder' | 'onlyFailed' | 'onEvent'>,
  checked: CheckedStages,
): Schedule {
  const schedule = new Schedule(executionOrder(plan));
  const states = readStoreState(
    resultsFolder,
    plan.stages.map((stage) => stage.id),
    checked,
  );
  const diverged: string[] = [];
  const left: string[] = [];
  for (const [id, state] of states) {
    if (state === 'done') schedule.set(id, 'cached');
    if (typeof state === 'object' && 'diverged' in state) diverged.push(id);
    if (onlyFailed !== undefined && isOtherFailure(state, onlyFailed)) left.push(id);
    const damage = damageTold(resultsFolder, id, state);
    if (damage !== null) onEvent({ type: 'note', stageId: id, text: `${damage}: running it again` });
  }
  // Last: it blocks what is still pending behind it, and only that.
  for (const id of diverged) schedule.set(id, 'diverged');
  for (const id of left) schedule.set(id, 'failed');
  return schedule;
}

function isOtherFailure(state: StoreState, errorClass: ErrorClass): boolean {
  return typeof state === 'object' && 'failed' in state && state.failed.outcome.errorClass !== errorClass;
}

/** A stage without a commit is told of where it had one, or was killed just before it. */
function damageTold(resultsFolder: string, id: string, state: StoreState): string | null {
  if (typeof state === 'object' && 'damaged' in state) return `outputs are damaged (${state.damaged})`;
  const isSealed = state === 'absent' && existsSync(join(stageFolder(resultsFolder, id), stageFiles.seal));
  return isSealed ? `${stageFiles.done} is missing, and ${stageFiles.seal} is there` : null;
}
