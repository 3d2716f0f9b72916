/** Preference pairs for pretraining, and held-out ones, by the pair source that the experiment names. */
import path from 'node:path';
import {
  storedCompletions,
  storedPrompted,
  writePairShards,
  type Completion,
  type PromptedFunction,
  type StoredRows,
} from '../data/index.ts';
import type { PairsInputs, SplitRows } from '../kinds/index.ts';
import { kindOf } from '../spec/index.ts';
import type { PairsConfig } from './configs.ts';
import { functionFiles } from './descriptions.ts';
import { encodingOf, pairShards, responseEndOf } from './encoded-files.ts';
import { kindIo, located, requireUnchanged } from './kind-io.ts';
import { emitCounts, inputFolder } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { pairsOfStage } from './stored-pairs.ts';
import { expectedPairs, plainWork } from './work-context.ts';

export const pairs: StageKind<PairsConfig> = {
  kind: 'pairs',
  version: 2,
  toleratesDiverged: false,
  fixedSeconds: 0.3,
  work: async (stage, _, context) => plainWork('pairs', { pairsMade: expectedPairs(stage, context).pairs }),
  run: makePairs,
};

async function makePairs(context: StageContext<PairsConfig>): Promise<StageEnd> {
  const { stage, folder, inputFolders, kinds, emit } = context;
  const spec = located(stage, 'pairs');
  const kind = kindOf(kinds.pairs, spec);
  requireUnchanged(kind, spec, stage.config.pairsDigest);
  const made = await kind.make(spec, readInputs(inputFolders), kindIo(context, responseEndOf(stage.config)));
  const options = { folder, ...encodingOf(inputFolder(inputFolders, 'tokenizer'), stage.config) };
  const trained = await writePairShards(made.pairs, { ...options, name: pairShards.trained });
  emitCounts(emit, 'pairs', { ...made.counts, ...trained.counts });
  const heldOut = await writePairShards(made.heldOut, { ...options, name: pairShards.heldOut });
  emitCounts(emit, 'held_out', { ...made.heldOutCounts, ...heldOut.counts });
  return { outcome: { kind: 'completed' }, outputs: [...trained.outputs, ...heldOut.outputs] };
}

/** Names of the inputs that stand for a generator and for a part. */
export const completionsInput = (name: string): string => `completions-${name}`;
export const partInput = (name: string): string => `part-${name}`;

type InputFolders = StageContext['inputFolders'];

function readInputs(folders: InputFolders): PairsInputs {
  const functions = folders['descriptions'];
  return {
    functions: functions === undefined ? null : split(functions, storedPrompted),
    completions: named(folders, completionsInput(''), (folder) => split(folder, storedCompletions)),
    parts: named(folders, partInput(''), pairsOfStage),
  };
}

function split<Row extends PromptedFunction | Completion>(
  folder: string,
  stored: (file: string) => StoredRows<Row>,
): SplitRows<Row> {
  const { trained, heldOut } = functionFiles;
  return { trained: stored(path.join(folder, trained)), heldOut: stored(path.join(folder, heldOut)) };
}

/** Of the inputs whose name starts with the prefix, by the rest of it. */
function named<T>(folders: InputFolders, prefix: string, read: (folder: string) => T): Readonly<Record<string, T>> {
  const own = Object.entries(folders).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, folder]) => [name.slice(prefix.length), read(folder)]));
}
