/** Inputs are checked by the launcher too: what is damaged is made again by the stage that made it. */
import { DamagedInput, verifyInputs, type StageTask, type VerifiedFiles } from '../store/index.ts';
import type { WorkerReply } from './worker-reply.ts';

/** @param verified What was checked for earlier stages. null: all is as it was committed. */
export async function damagedInput(task: StageTask, verified: VerifiedFiles): Promise<WorkerReply | null> {
  try {
    await verifyInputs(task, verified);
    return null;
  } catch (error) {
    if (!(error instanceof DamagedInput)) throw error;
    return { kind: 'result', result: { kind: 'damaged-input', input: error.stageId, why: error.why } };
  }
}
