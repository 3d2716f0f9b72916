/** Samples of the program that runs this: speed now, and scores of experiments that were swept before. */
import { existsSync } from 'node:fs';
import { machineIdentity, measureSpeeds } from '../bench/index.ts';
import { UserError } from '../spec/user-error.ts';
import { changedFiles, commitOf, repositoryAround } from './git.ts';
import { measureRuns, together } from './measure.ts';
import { readQuality } from './read-quality.ts';
import { readSamples } from './samples-file.ts';
import { noQuality, samplesVersion, type QualitySamples, type Samples, type SpeedRun } from './samples.ts';
import { ownProgram } from './sides.ts';

export interface TakeOptions {
  /** The current folder. */
  readonly folder: string;
  readonly resultsFolder: string;
  /** On record in the results folder. */
  readonly experiments: readonly { readonly name: string; readonly spec: string }[];
  /** A single run is taken in this process, several in fresh ones. */
  readonly runs: number;
  readonly milliseconds: number;
  readonly signal: AbortSignal;
  readonly onStep: (step: string) => void;
}

/** @throws UserError (5) where an experiment is not on record, (4) where a run fails. */
export async function takeSamples(options: TakeOptions): Promise<Samples> {
  const quality = await recordedQuality(options);
  return { samplesVersion, ...codeAt(options.folder), accepted: [], ...quality, speed: await takeRuns(options) };
}

function codeAt(folder: string): Pick<Samples, 'commit' | 'changedFiles'> {
  const repository = repositoryAround(folder);
  if (repository === null) return { commit: null, changedFiles: 0 };
  return { commit: commitOf(repository, 'HEAD'), changedFiles: changedFiles(repository).length };
}

async function recordedQuality({ resultsFolder, experiments }: TakeOptions): Promise<QualitySamples> {
  let quality = noQuality;
  for (const { name, spec } of experiments) {
    const found = await readQuality(resultsFolder, name, spec);
    if (found.quality.length === 0)
      throw new UserError(`${name} is not on record in ${resultsFolder}`, {
        exitCode: 5,
        hint: `Run it first: harness sweep ${spec}`,
      });
    quality = together(quality, found);
  }
  return quality;
}

async function takeRuns({ folder, runs, milliseconds, signal, onStep }: TakeOptions): Promise<SpeedRun[]> {
  if (runs === 1) return [await runHere(milliseconds)];
  const taken = await measureRuns(ownProgram(folder), { runs, milliseconds }, { signal, onStep });
  if (typeof taken === 'string') throw new UserError(`speed cannot be measured: ${taken}`, { exitCode: 4 });
  return [...taken];
}

async function runHere(milliseconds: number): Promise<SpeedRun> {
  const takenAt = new Date().toISOString();
  const times = await measureSpeeds(milliseconds);
  return {
    takenAt,
    machine: machineIdentity(),
    milliseconds,
    times: times.map((one) => ({ ...one, ms: [...one.ms] })),
  };
}

/**
 * With the runs that the file has of the same code, which may have been taken on other days.
 *
 * @throws UserError (2) where it holds samples of other code.
 */
export function withStoredRuns(file: string, samples: Samples): Samples {
  if (!existsSync(file)) return samples;
  const stored = readSamples(file);
  if (stored.commit !== samples.commit || stored.changedFiles > 0 || samples.changedFiles > 0)
    throw new UserError(`${file} holds samples of other code`, {
      exitCode: 2,
      hint: 'Runs are added to those of the same commit, without changed files. Name another file.',
    });
  const quality = samples.quality.length > 0 ? samples : stored;
  const { experiments, itemSets } = quality;
  const speed = [...stored.speed, ...samples.speed];
  return { ...samples, accepted: stored.accepted, experiments, itemSets, quality: quality.quality, speed };
}
