/** The pairs of a stage, read one after the other. */
import path from 'node:path';
import { storedPairs, type PreferencePair } from '../data/index.ts';
import type { SplitRows } from '../kinds/index.ts';

/** @param folder Of a pairs stage. */
export function pairsOfStage(folder: string): SplitRows<PreferencePair> {
  const read = (name: string) => storedPairs(path.join(folder, name));
  return { trained: read('pairs.jsonl'), heldOut: read('held-out.jsonl') };
}

/** @param folder Of a task stage. */
export function pairsOfTask(folder: string, split: 'train' | 'dev' | 'test'): AsyncIterable<PreferencePair> {
  return storedPairs(path.join(folder, `${split}.jsonl`));
}
