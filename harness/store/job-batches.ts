/**
 * What was given to a scheduler: one folder a submission, under results/jobs. Its name is the name of the job, drawn
 * before it is submitted, so that a conductor that was killed at any moment is followed by one that finds its jobs.
 *
 *     results/jobs/<name>/job.sh        what was submitted
 *     results/jobs/<name>/batch.json    its stages in the order of their numbers, and the job's id once it is known
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { toJson, writeFileAtomically } from './durable.ts';
import { jobsFolder } from './layout.ts';
import { readRecord } from './stage-records.ts';

const batchFile = 'batch.json';
const scriptFile = 'job.sh';

const batchSchema = z.object({
  batchVersion: z.literal(1),
  name: z.string(),
  /** The number of a stage in its batch is its place in this list. */
  stages: z.array(z.object({ id: z.string(), attempt: z.number().int() })),
  /** null until the scheduler has told it. */
  jobId: z.string().nullable(),
});
export type JobBatch = z.infer<typeof batchSchema>;

export interface BatchPlace {
  readonly folder: string;
  readonly script: string;
}

export const batchPlace = (resultsFolder: string, name: string): BatchPlace => {
  const folder = join(jobsFolder(resultsFolder), name);
  return { folder, script: join(folder, scriptFile) };
};

/** A name that no other batch has. */
export const newBatchName = (): string => `harness-${randomBytes(6).toString('hex')}`;

export function writeBatch(resultsFolder: string, batch: Omit<JobBatch, 'batchVersion'>, script: string): void {
  const place = batchPlace(resultsFolder, batch.name);
  mkdirSync(place.folder, { recursive: true });
  writeFileSync(place.script, script, { mode: 0o755 });
  noteBatch(resultsFolder, batch);
}

/** With the id of its job. */
export function noteBatch(resultsFolder: string, batch: Omit<JobBatch, 'batchVersion'>): void {
  const { folder } = batchPlace(resultsFolder, batch.name);
  writeFileAtomically(join(folder, batchFile), toJson({ ...batch, batchVersion: 1 } satisfies JobBatch), false);
}

/** Those that are not known to have ended. */
export function readBatches(resultsFolder: string): readonly JobBatch[] {
  return batchNames(resultsFolder).flatMap((name) => {
    const batch = readRecord(join(batchPlace(resultsFolder, name).folder, batchFile), batchSchema);
    return batch?.name === name ? [batch] : [];
  });
}

export const forgetBatch = (resultsFolder: string, name: string): void =>
  rmSync(batchPlace(resultsFolder, name).folder, { recursive: true, force: true });

function batchNames(resultsFolder: string): readonly string[] {
  try {
    return readdirSync(jobsFolder(resultsFolder));
  } catch {
    return [];
  }
}
