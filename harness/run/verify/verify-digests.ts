/** `harness verify --quick`: every byte that a result rests on, read and compared with its digest. Nothing is run. */
import { existsSync } from 'node:fs';
import { databaseDamage, readExperimentFile } from '../../record/index.ts';
import { UserError } from '../../spec/user-error.ts';
import {
  damageOf,
  databaseFile,
  experimentNames,
  planFile,
  readDone,
  readLiveLease,
  stageFolder,
  stageIds,
} from '../../store/index.ts';

export interface DigestVerification {
  /** Stage id, or path of a file in the results folder. */
  readonly name: string;
  /** `open`: a stage that is not done. `unsealed`: its records have no digests, as earlier versions left it. */
  readonly verdict: 'sound' | 'unsealed' | 'damaged' | 'open';
  /** What is not as it was committed; null where nothing is, or nothing was. */
  readonly why: string | null;
}

/** @param ids The stages to look at; all, the plans and the database with them, where none are given. */
export function* verifyDigests(resultsFolder: string, ids?: readonly string[]): Generator<DigestVerification> {
  for (const id of ids ?? stageIds(resultsFolder)) yield verifyStageDigests(resultsFolder, id);
  if (ids !== undefined) return;
  for (const name of experimentNames(resultsFolder)) yield verifyPlan(resultsFolder, name);
  if (existsSync(databaseFile(resultsFolder))) yield verdictOf('harness.duckdb', databaseDamage(resultsFolder, 'read'));
}

function verifyStageDigests(resultsFolder: string, id: string): DigestVerification {
  const folder = stageFolder(resultsFolder, id);
  const done = readDone(folder, id);
  if (done === null) return { name: id, verdict: 'open', why: openBecause(resultsFolder, id) };
  if ('damaged' in done) return verdictOf(id, done.damaged);
  const damage = damageOf(folder, done);
  if (damage !== null) return verdictOf(id, damage);
  return { name: id, verdict: done.doneVersion === undefined ? 'unsealed' : 'sound', why: null };
}

function openBecause(resultsFolder: string, id: string): string {
  const holder = readLiveLease(resultsFolder, id);
  return holder === null ? 'not done' : `a worker (pid ${holder.pid}) is in it`;
}

function verifyPlan(resultsFolder: string, name: string): DigestVerification {
  try {
    readExperimentFile(planFile(resultsFolder, name));
    return verdictOf(`experiments/${name}/plan.json`, null);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return verdictOf(`experiments/${name}/plan.json`, error.message);
  }
}

const verdictOf = (name: string, why: string | null): DigestVerification => ({
  name,
  verdict: why === null ? 'sound' : 'damaged',
  why,
});
