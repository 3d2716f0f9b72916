/** The tokenizer of an experiment: a byte-level BPE trained on its corpus, or the one that its start brings along. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadTokenizer, readFunctions, trainBpe, type Tokenizer } from '../data/index.ts';
import { kindOf } from '../spec/index.ts';
import type { TokenizerConfig } from './configs.ts';
import { located } from './kind-io.ts';
import { emitCounts, inputFolder, readJson, writeJson } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { expectedFunctions, plainWork } from './work-context.ts';

export const tokenizerFile = 'tokenizer.json';

export const tokenizer: StageKind<TokenizerConfig> = {
  kind: 'tokenizer',
  version: 1,
  toleratesDiverged: false,
  fixedSeconds: 0.1,
  work: async (stage, _, context) =>
    plainWork('tokenizer', { functionsRead: expectedFunctions(stage, context)?.functions ?? 0 }),
  run: async (context) => {
    if (context.stage.config.tokenizer.kind === 'bpe')
      trainTokenizer(context, context.stage.config.tokenizer.vocabSize);
    else copyTokenizer(context);
    emitCounts(context.emit, 'tokenizer', { vocab_size: readTokenizer(context.folder).vocabSize });
    return { outcome: { kind: 'completed' }, outputs: [tokenizerFile] } satisfies StageEnd;
  },
};

/** On the functions of the corpus; held-out functions take no part. */
function trainTokenizer({ folder, inputFolders }: StageContext, vocabSize: number): void {
  const functions = readFunctions(path.join(inputFolder(inputFolders, 'corpus'), 'functions.jsonl'));
  const texts = functions.map(({ prompt, body }) => `${prompt}${body}`);
  writeJson(path.join(folder, tokenizerFile), trainBpe(texts, { vocabSize }));
}

function copyTokenizer({ folder, stage, kinds }: StageContext<TokenizerConfig>): void {
  const start = located(stage, 'start');
  const json = kindOf(kinds.starts, start).tokenizerJson(start);
  if (json === null) throw new Error(`start ${start.kind} brings no tokenizer`);
  writeFileSync(path.join(folder, tokenizerFile), json);
}

export function readTokenizer(folder: string): Tokenizer {
  return loadTokenizer(readJson(path.join(folder, tokenizerFile)));
}
