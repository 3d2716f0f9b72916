/** The pairs of a stage, read one after the other. */
import path from 'node:path';
import { readPairs, storedPairShards, type PreferencePair, type Rows } from '../data/index.ts';
import type { SplitRows } from '../kinds/index.ts';
import { pairShards } from './encoded-files.ts';

/** @param folder Of a pairs stage. */
export function pairsOfStage(folder: string): SplitRows<PreferencePair> {
  const { trained, heldOut } = pairShards;
  return { trained: storedPairShards(folder, trained), heldOut: storedPairShards(folder, heldOut) };
}

/** @param folder Of a task stage. */
export function pairsOfTask(folder: string, split: 'train' | 'dev' | 'test'): Rows<PreferencePair> {
  return readPairs(path.join(folder, `${split}.jsonl`));
}
