import path from 'node:path';
import { loadTokenizer, readFunctions, trainBpe } from '../data/index.ts';
import type { StageFunction } from './stage-context.ts';
import { emitCounts, inputFolder, readJson, writeJson } from './stage-files.ts';

export const tokenizerFile = 'tokenizer.json';

/** Trains the byte-level BPE on the corpus functions; held-out functions take no part. */
export const tokenizerStage: StageFunction<'tokenizer'> = async ({ stage, folder, inputFolders, emit }) => {
  const functions = readFunctions(path.join(inputFolder(inputFolders, 'corpus'), 'functions.jsonl'));
  const json = trainBpe(
    functions.map(({ prompt, body }) => `${prompt}${body}`),
    { vocabSize: stage.config.tokenizer.vocabSize },
  );
  writeJson(path.join(folder, tokenizerFile), json);
  emitCounts(emit, 'tokenizer', { vocab_size: loadTokenizer(json).vocabSize });
  return { outcome: { kind: 'completed' }, outputs: [tokenizerFile] };
};

export function readTokenizer(folder: string): ReturnType<typeof loadTokenizer> {
  return loadTokenizer(readJson(path.join(folder, tokenizerFile)));
}
