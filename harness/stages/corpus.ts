import path from 'node:path';
import { installCorpus, readCorpus, writeFunctions } from '../data/index.ts';
import type { StageFunction } from './stage-context.ts';
import { emitCounts, writeJson } from './stage-files.ts';

/** Installs the pinned packages (once per cache) and cuts their functions out. */
export const corpusStage: StageFunction<'corpus'> = async ({ stage, folder, cacheFolder, emit }) => {
  const installed = await installCorpus(cacheFolder);
  const { functions, heldOut, counts, packages } = readCorpus(installed, stage.config.corpus);
  writeFunctions(path.join(folder, 'functions.jsonl'), functions);
  writeFunctions(path.join(folder, 'held-out.jsonl'), heldOut);
  writeJson(path.join(folder, 'packages.json'), packages);
  emitCounts(emit, 'corpus', {
    functions: functions.length,
    held_out_functions: heldOut.length,
    packages: packages.length,
    ...counts,
  });
  return { outcome: { kind: 'completed' }, outputs: ['functions.jsonl', 'held-out.jsonl', 'packages.json'] };
};
