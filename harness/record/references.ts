/**
 * What a results folder needs and what it does not: the stages that a recorded experiment has in its plan, what these
 * read, and what no sweep can make again. Everything else was left by an experiment that has changed since.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  experimentNames,
  isStageFolder,
  planFile,
  readDescription,
  readLiveLease,
  stageFolder,
  stageIds,
} from '../store/index.ts';
import { readExperimentFile } from './experiment-file.ts';

/** Why a folder of the store stays. */
export type Reason =
  /** In the plans of these experiments. */
  | { readonly kind: 'planned'; readonly experiments: readonly string[] }
  /** Read by that stage, which stays. */
  | { readonly kind: 'input'; readonly of: string }
  /** Of a kind that no plan has: judged outside a sweep, or made by another version. */
  | { readonly kind: 'unplanned' }
  | { readonly kind: 'running'; readonly pid: number; readonly host: string }
  /** Put there by hand: it has not the name of a stage. */
  | { readonly kind: 'foreign' };

export interface StoreEntry {
  readonly id: string;
  readonly bytes: number;
  /** null = nothing refers to it. */
  readonly keptBecause: Reason | null;
}

/**
 * Every folder of the store, in the order of their names.
 * @param planned Kinds of stages that plans have.
 * @throws UserError (4) where a plan cannot be read: what it refers to is not known, and so nothing may be removed.
 */
export function findReferences(resultsFolder: string, planned: ReadonlySet<string>): readonly StoreEntry[] {
  const ids = stageIds(resultsFolder);
  const reasons = new Map<string, Reason>(plannedStages(resultsFolder));
  for (const id of ids) {
    const own = reasons.has(id) ? null : ownReason(resultsFolder, id, planned);
    if (own !== null) reasons.set(id, own);
  }
  addInputs(resultsFolder, reasons);
  return ids.map((id) => ({
    id,
    bytes: bytesIn(stageFolder(resultsFolder, id)),
    keptBecause: reasons.get(id) ?? null,
  }));
}

function plannedStages(resultsFolder: string): readonly (readonly [id: string, reason: Reason])[] {
  const users = new Map<string, string[]>();
  for (const experiment of experimentNames(resultsFolder))
    for (const { id } of readExperimentFile(planFile(resultsFolder, experiment)).stages) {
      const known = users.get(id);
      if (known === undefined) users.set(id, [experiment]);
      else known.push(experiment);
    }
  return [...users].map(([id, experiments]) => [id, { kind: 'planned', experiments }]);
}

/** Why a stage stays that is in no plan. */
function ownReason(resultsFolder: string, id: string, planned: ReadonlySet<string>): Reason | null {
  if (!isStageFolder(id)) return { kind: 'foreign' };
  const lease = readLiveLease(resultsFolder, id);
  if (lease !== null) return { kind: 'running', pid: lease.pid, host: lease.host };
  return planned.has(id.slice(0, id.lastIndexOf('-'))) ? null : { kind: 'unplanned' };
}

/** Every stage that stays keeps what it reads: an input is looked at again whenever the stage is. */
function addInputs(resultsFolder: string, reasons: Map<string, Reason>): void {
  const open = [...reasons.keys()];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const input of inputsOf(resultsFolder, id)) {
      if (reasons.has(input)) continue;
      reasons.set(input, { kind: 'input', of: id });
      open.push(input);
    }
}

/** None where the folder does not say, or there is none yet. */
function inputsOf(resultsFolder: string, id: string): readonly string[] {
  try {
    return Object.values(readDescription(stageFolder(resultsFolder, id)).inputs);
  } catch {
    return [];
  }
}

function bytesIn(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}
