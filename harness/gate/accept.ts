/** A new baseline: the samples of a state of the code that somebody accepted, with who, when and why. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { compareQuality } from './compare-quality.ts';
import type { Finding } from './finding.ts';
import { changedFiles, committer, repositoryAround } from './git.ts';
import { judge } from './judge.ts';
import { measureQuality, measureRuns } from './measure.ts';
import { readSamples, writeSamples } from './samples-file.ts';
import { noQuality, samplesVersion, type Samples } from './samples.ts';
import { placeAt, sideHere, specBelow } from './sides.ts';

export interface AcceptOptions {
  /** The current folder. */
  readonly folder: string;
  readonly reason: string;
  /** Samples that were measured already; null = measure the working tree. */
  readonly from: string | null;
  /** The baseline; replaced where it is there. */
  readonly out: string;
  /** Experiments as files; those of the baseline so far where there are none. */
  readonly experiments: readonly string[];
  readonly runs: number;
  readonly milliseconds: number;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly onStep: (step: string) => void;
}

export interface Accepted {
  readonly file: string;
  readonly samples: Samples;
  /** Quality against the baseline so far; none where there was none. */
  readonly changes: readonly Finding[];
}

/** @throws UserError: 2 for samples or a reason that cannot be taken, 3 where the working tree is no commit. */
export async function accept(options: AcceptOptions): Promise<Accepted> {
  const { folder, out, from } = options;
  if (options.reason.trim() === '')
    throw new UserError('a baseline needs a reason', { exitCode: 2, hint: 'Say why with --reason "...".' });
  const by = committer(folder);
  const file = resolve(folder, out);
  const before = existsSync(file) ? readSamples(file) : null;
  const measured = from === null ? await measureHere(options, before, file) : readSamples(resolve(folder, from));
  refuseEmpty(measured);
  const acceptance = { reason: options.reason.trim(), by, at: options.now.toISOString(), commit: measured.commit };
  const samples = { ...measured, accepted: [acceptance, ...(before?.accepted ?? [])] };
  writeSamples(file, samples);
  return { file: out, samples, changes: before === null ? [] : judge(compareQuality(before, samples)) };
}

/** By a commit the code can be built again; by changed files it cannot. */
async function measureHere(options: AcceptOptions, before: Samples | null, file: string): Promise<Samples> {
  const { folder, signal, onStep, runs, milliseconds } = options;
  refuseChanges(folder, file);
  const place = placeAt(folder);
  const side = sideHere(place);
  const named = options.experiments.map((spec) => specBelow(place, spec));
  const specs = named.length > 0 ? named : (before?.experiments ?? []).map(({ spec }) => spec);
  const scratch = mkdtempSync(join(tmpdir(), 'harness-gate-'));
  const measuring = { signal, onStep, scratch };
  const opened = await side.open?.({ ...measuring, folder: join(scratch, 'side') });
  try {
    if (opened === undefined) throw new Error(`${side.name} cannot be built`);
    const quality =
      specs.length === 0 ? noQuality : await measureQuality(opened.program, { specs, name: side.name }, measuring);
    const speed = await measureRuns(opened.program, { runs, milliseconds }, measuring);
    if (typeof speed === 'string') throw new UserError(`speed cannot be measured: ${speed}`, { exitCode: 4 });
    return { samplesVersion, commit: side.commit, changedFiles: 0, accepted: [], ...quality, speed: [...speed] };
  } finally {
    opened?.release();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** All but the baseline itself, which this writes. */
function refuseChanges(folder: string, file: string): void {
  const repository = repositoryAround(folder);
  if (repository === null)
    throw new UserError(`${folder} is in no git repository, so nothing says which code is accepted`, {
      exitCode: 3,
      hint: 'Commit it to one, or accept samples that were stored: --from FILE.',
    });
  const changed = changedFiles(repository).filter((path) => path !== relative(repository.folder, file));
  if (changed.length > 0)
    throw new UserError(`${changed.length} files are not as in the last commit, ${changed[0]} among them`, {
      exitCode: 3,
      hint: 'Commit them first: a baseline names the commit that it was measured at.',
    });
}

function refuseEmpty({ quality, speed, changedFiles: changed }: Samples): void {
  if (changed > 0)
    throw new UserError(`the samples are of no commit: ${changed} files were changed when they were taken`, {
      exitCode: 3,
      hint: 'Commit the changes and measure again.',
    });
  const lost = quality.find(({ missing, seeds }) => missing.length > 0 || seeds.length === 0);
  if (lost !== undefined)
    throw new UserError(`${lost.experiment}: ${lost.condition}: seed ${lost.missing[0]?.seed} has no score`, {
      exitCode: 5,
      hint: 'A baseline without it would hide it for ever: see `harness ls trials` of its sweep.',
    });
  if (quality.length === 0 && speed.length === 0)
    throw new UserError('the samples are empty', { exitCode: 5, hint: 'Name an experiment with --experiment.' });
}
