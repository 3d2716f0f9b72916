/**
 * Eight rewards taken before a model is saved and again after it is loaded elsewhere: a head that was not saved, or a name that changed, gives a model that scores
 * like noise and no error at all. Unequal probes fail the stage.
 */
import path from 'node:path';
import { readEncodedPairs } from '../../data/index.ts';
import type { ScoredQuestion } from '../../eval/index.ts';
import { readJson, writeJson } from './stage-files.ts';

const probePairs = 4;
const probesFile = 'probes.json';

/** The first dev pairs, both responses. */
export function probeQuestions(taskFolder: string): readonly ScoredQuestion[] {
  return readEncodedPairs(path.join(taskFolder, 'dev.arrow')).slice(0, probePairs).map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] }));
}

export function writeProbes(folder: string, rewards: readonly Float32Array[]): void {
  writeJson(path.join(folder, probesFile), { rewards: rewards.flatMap((row) => [...row]) });
}

/** Throws where the loaded model does not score exactly as the saved one did. */
export function checkProbes(folder: string, rewards: readonly Float32Array[]): void {
  const saved = readJson<{ rewards: number[] }>(path.join(folder, probesFile)).rewards;
  const loaded = rewards.flatMap((row) => [...row]);
  const different = saved.findIndex((reward, index) => reward !== loaded[index]);
  if (different !== -1 || saved.length !== loaded.length) throw new Error(`${folder}: the loaded model does not score as the trained one did: probe ${different} was ${saved[different]}, is ${loaded[different]}`);
}
