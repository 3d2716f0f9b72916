/** Code, cut into functions, by the corpus kind that the experiment names. */
import path from 'node:path';
import { writeFunctions } from '../data/index.ts';
import { kindOf } from '../spec/index.ts';
import type { CorpusConfig } from './configs.ts';
import { kindIo, located, requireUnchanged } from './kind-io.ts';
import { emitCounts, writeJson } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { expectedFunctions, plainWork } from './work-context.ts';

export const corpus: StageKind<CorpusConfig> = {
  kind: 'corpus',
  // 2: cut by tree-sitter, in several languages; near-duplicates by MinHash.
  version: 2,
  toleratesDiverged: false,
  formerNames: { dataDigest: 'lockDigest' },
  fixedSeconds: 2,
  work: async (stage, _, context) =>
    plainWork('corpus', { functionsMade: expectedFunctions(stage, context)?.functions ?? 0 }),
  run: cutCorpus,
};

async function cutCorpus(context: StageContext<CorpusConfig>): Promise<StageEnd> {
  const { stage, folder, kinds, emit } = context;
  const spec = located(stage, 'corpus');
  const kind = kindOf(kinds.corpora, spec);
  requireUnchanged(kind, spec, stage.config.dataDigest);
  const cut = await kind.cut(spec, kindIo(context));
  const functions = await writeFunctions(path.join(folder, 'functions.jsonl'), cut.functions);
  const heldOut = await writeFunctions(path.join(folder, 'held-out.jsonl'), cut.heldOut);
  writeJson(path.join(folder, 'sources.json'), cut.sources);
  emitCounts(emit, 'corpus', {
    functions,
    held_out_functions: heldOut,
    sources: cut.sources.length,
    ...cut.counts,
  });
  return { outcome: { kind: 'completed' }, outputs: ['functions.jsonl', 'held-out.jsonl', 'sources.json'] };
}
