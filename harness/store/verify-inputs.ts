/**
 * Before a stage reads its inputs: is every output of every input still what was committed? Sizes first, then sha256.
 */
import type { StageTask } from './stage-task.ts';
import type { VerifiedFiles } from './digest.ts';
import { outputDamage, readDone } from './stage-records.ts';

/** Thrown for the runner only: the producer, not the consumer, has to be run again. */
export class DamagedInput extends Error {
  readonly stageId: string;
  readonly why: string;

  constructor(stageId: string, why: string) {
    super(`${stageId}: ${why}`);
    this.stageId = stageId;
    this.why = why;
  }
}

export async function verifyInputs(task: StageTask, verified: VerifiedFiles): Promise<void> {
  for (const [name, folder] of Object.entries(task.inputFolders)) {
    const id = task.stage.inputs[name];
    if (id === undefined) throw new Error(`a folder was given for ${name}, which is no input of ${task.stage.id}`);
    const why = await damageIn(folder, id, verified);
    if (why !== null) throw new DamagedInput(id, why);
  }
}

async function damageIn(folder: string, id: string, verified: VerifiedFiles): Promise<string | null> {
  const done = readDone(folder, id);
  if (done === null) return 'done.json is missing';
  if ('damaged' in done) return done.damaged;
  return outputDamage(folder, done) ?? (await verified.damageOf(folder, done));
}
