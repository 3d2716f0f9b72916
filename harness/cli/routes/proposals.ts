/** What a shell may complete an argument to: what is on record, and the experiment files at hand. */
import { atHand } from '../at-hand.ts';
import { resultsFolderOf, type CliContext } from '../context.ts';

export type Propose = (this: CliContext) => readonly string[];

export const recordedExperiments: Propose = function () {
  return atHand(resultsFolderOf(this.host.env)).experiments();
};
export const recordedStages: Propose = function () {
  return atHand(resultsFolderOf(this.host.env)).stages();
};
export const specFiles: Propose = function () {
  return atHand(resultsFolderOf(this.host.env))
    .specs()
    .map(({ file }) => file);
};
export const stageFolders: Propose = function () {
  return atHand(resultsFolderOf(this.host.env)).stageFolders();
};
