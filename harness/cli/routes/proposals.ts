/** What a shell may complete an argument to: what is on record, and the experiment files at hand. */
import { atHand } from '../at-hand.ts';
import type { CliContext } from '../context.ts';

type Propose = (this: CliContext) => readonly string[];

export const recordedExperiments: Propose = function () {
  return atHand(this.resultsFolder(undefined)).experiments();
};
export const recordedStages: Propose = function () {
  return atHand(this.resultsFolder(undefined)).stages();
};
export const specFiles: Propose = function () {
  return atHand(this.resultsFolder(undefined))
    .specs()
    .map(({ file }) => file);
};
export const stageFolders: Propose = function () {
  return atHand(this.resultsFolder(undefined)).stageFolders();
};
/** Tasks on record, kinds of task, and experiment files. */
export const namedTasks = async function (this: CliContext): Promise<readonly string[]> {
  const { builtInKinds } = await import('../../kinds/index.ts');
  const stages = recordedStages.call(this).filter((id) => id.startsWith('task-'));
  return [...stages, ...builtInKinds.tasks.map(({ kind }) => kind), ...specFiles.call(this)];
};
