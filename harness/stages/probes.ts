/**
 * Eight rewards taken before a model is saved and again after it is loaded elsewhere, first in a fresh process and then
 * by the evaluation: a head that was not saved, or a name that changed, gives a model that scores like noise and no
 * error at all. Unequal probes fail the stage.
 */
import path from 'node:path';
import { readEncodedPairs } from '../data/index.ts';
import type { ScoredQuestion } from '../score/index.ts';
import { UserError } from '../spec/user-error.ts';
import type { StagePlace } from './compute.ts';
import { readJson, writeJson } from './stage-files.ts';

const probePairs = 4;
const probesFile = 'probes.json';

/**
 * Rewards taken on the CPU are equal bit for bit wherever they are taken again there; on other devices the order of
 * sums is theirs.
 */
const toleranceElsewhere = 1e-4;

/** Where probes are scored: what was trained in coarser arithmetic must still come back from the disk as it was. */
export function exactly(place: StagePlace): StagePlace {
  const { folder, execution, signal } = place;
  return { folder, execution, signal, numerics: 'float32', emit: (event) => place.emit(event) };
}

/** The first dev pairs, both responses. */
export function probeQuestions(taskFolder: string): readonly ScoredQuestion[] {
  return readEncodedPairs(path.join(taskFolder, 'dev.arrow'))
    .slice(0, probePairs)
    .map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] }));
}

/**
 * The device is told where it is not the CPU: an experiment's files must not change with where else it could have run.
 */
export function writeProbes(folder: string, rewards: readonly Float32Array[], device: string): void {
  writeJson(path.join(folder, probesFile), {
    rewards: rewards.flatMap((row) => [...row]),
    ...(device !== 'cpu' && { device }),
  });
}

/** Throws where the loaded model does not score as the saved one did: exactly, if both were scored on the CPU. */
export function checkProbes(folder: string, rewards: readonly Float32Array[], device: string): void {
  const { rewards: saved, device: savedOn = 'cpu' } = readJson<{ rewards: number[]; device?: string }>(
    path.join(folder, probesFile),
  );
  const loaded = rewards.flatMap((row) => [...row]);
  const tolerance = device === 'cpu' && savedOn === 'cpu' ? 0 : toleranceElsewhere;
  // Not `> tolerance`: NaN must not pass.
  const different = saved.findIndex(
    (reward, index) => !(Math.abs(reward - (loaded[index] ?? NaN)) <= tolerance * Math.max(1, Math.abs(reward))),
  );
  if (different !== -1 || saved.length !== loaded.length) throw unequalProbe(folder, saved, loaded, different);
}

function unequalProbe(folder: string, saved: readonly number[], loaded: readonly number[], probe: number): UserError {
  const difference =
    probe === -1
      ? `${saved.length} probes were recorded, ${loaded.length} are there`
      : `probe ${probe} was ${saved[probe]}, is ${loaded[probe]}`;
  return new UserError(`${folder}: the loaded model does not score as the trained one did: ${difference}`, {
    exitCode: 4,
    hint:
      'The weights changed on the way to the disk or back. Run the same command again; ' +
      'if it fails again, check disk and memory, else it is a bug of saving this model.',
  });
}
