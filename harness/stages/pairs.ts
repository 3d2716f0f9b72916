/** Preference pairs for pretraining, and held-out ones, by the pair source that the experiment names. */
import path from 'node:path';
import { readFunctions } from '../data/index.ts';
import type { CutCorpus } from '../kinds/index.ts';
import { kindOf } from '../spec/index.ts';
import type { PairsConfig } from './configs.ts';
import { writeBoth } from './encoded-files.ts';
import { kindIo, located, requireUnchanged } from './kind-io.ts';
import { emitCounts, inputFolder } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { readTokenizer } from './tokenizer.ts';
import { expectedPairs, plainWork } from './work-context.ts';

export const pairs: StageKind<PairsConfig> = {
  kind: 'pairs',
  version: 1,
  toleratesDiverged: false,
  fixedSeconds: 0.3,
  work: async (stage, _, context) => plainWork('pairs', { pairsMade: expectedPairs(stage, context).pairs }),
  run: makePairs,
};

async function makePairs(context: StageContext<PairsConfig>): Promise<StageEnd> {
  const { stage, folder, inputFolders, kinds, emit } = context;
  const spec = located(stage, 'pairs');
  const options = {
    tokenizer: readTokenizer(inputFolder(inputFolders, 'tokenizer')),
    contextLength: stage.config.contextLength,
    emit,
  };
  const kind = kindOf(kinds.pairs, spec);
  requireUnchanged(kind, spec, stage.config.pairsDigest);
  const made = await kind.make(spec, readCorpus(inputFolders['corpus']), kindIo(context));
  emitCounts(emit, 'pairs', { ...made.counts, ...writeBoth(folder, 'pairs', made.pairs, options) });
  emitCounts(emit, 'held_out', { ...made.heldOutCounts, ...writeBoth(folder, 'held-out', made.heldOut, options) });
  return { outcome: { kind: 'completed' }, outputs };
}

const outputs = ['pairs.jsonl', 'pairs.arrow', 'held-out.jsonl', 'held-out.arrow'];

function readCorpus(folder: string | undefined): Pick<CutCorpus, 'functions' | 'heldOut'> | null {
  if (folder === undefined) return null;
  const read = (name: string): ReturnType<typeof readFunctions> => readFunctions(path.join(folder, `${name}.jsonl`));
  return { functions: read('functions'), heldOut: read('held-out') };
}
