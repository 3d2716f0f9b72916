/** The tokenizer of an experiment: a byte-level BPE trained on its corpus, or the one that its start brings along. */
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openTokenizer, readFunctions, tokenTable, trainBpe, type Tokenizer } from '../data/index.ts';
import { modelFiles } from '../model/index.ts';
import { UserError } from '../spec/index.ts';
import type { TokenizerConfig } from './configs.ts';

import { emitCounts, inputFolder, readJson, writeJson } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { stageStart } from './start.ts';
import { expectedFunctions, plainWork } from './work-context.ts';

export const tokenizerFile = modelFiles.tokenizer;
/** Beside the tokenizer of a checkpoint only: ours has nothing to configure. */
export const tokenizerConfigFile = modelFiles.tokenizerConfig;

export const tokenizer: StageKind<TokenizerConfig> = {
  kind: 'tokenizer',
  version: 1,
  toleratesDiverged: false,
  fixedSeconds: 0.1,
  work: async (stage, _, context) =>
    plainWork('tokenizer', { functionsRead: expectedFunctions(stage, context)?.functions ?? 0 }),
  run: async (context) => {
    const { kind, vocabSize } = context.stage.config.tokenizer;
    const outputs = kind === 'bpe' ? trainTokenizer(context, vocabSize) : copyTokenizer(context);
    emitCounts(context.emit, 'tokenizer', { vocab_size: readTokenizer(context.folder).vocabSize });
    return { outcome: { kind: 'completed' }, outputs } satisfies StageEnd;
  },
};

/** On the functions of the corpus; held-out functions take no part. */
function trainTokenizer({ folder, inputFolders }: StageContext, vocabSize: number): readonly string[] {
  const functions = readFunctions(path.join(inputFolder(inputFolders, 'corpus'), 'functions.jsonl'));
  const texts = functions.map(({ description, signature, body }) => `${description ?? ''}\n${signature}${body}`);
  writeJson(path.join(folder, tokenizerFile), trainBpe(texts, { vocabSize }));
  return [tokenizerFile];
}

function copyTokenizer(context: StageContext<TokenizerConfig>): readonly string[] {
  const { kind, spec } = stageStart(context);
  const files = kind.tokenizerFiles(spec);
  if (files === null) throw new Error(`start ${spec.kind} brings no tokenizer`);
  const { vocabSize } = context.stage.config.tokenizer;
  const { highestId } = tokenTable(JSON.parse(files.json) as object);
  if (highestId >= vocabSize)
    throw new UserError(
      `the tokenizer of start ${spec.kind} has ids up to ${highestId}, its model ${vocabSize} tokens`,
      {
        exitCode: 2,
        hint: 'Model and tokenizer must come from the same checkpoint.',
      },
    );
  writeFileSync(path.join(context.folder, tokenizerFile), files.json);
  writeFileSync(path.join(context.folder, tokenizerConfigFile), files.config);
  return [tokenizerFile, tokenizerConfigFile];
}

export function readTokenizer(folder: string): Tokenizer {
  const file = path.join(folder, tokenizerFile);
  const config = path.join(folder, tokenizerConfigFile);
  return openTokenizer(file, readJson<object>(file), existsSync(config) ? readJson<object>(config) : {});
}

/** Into the folder of another stage, so that it is complete. Names of the files there. */
export function copyTokenizerFiles(from: string, to: string): readonly string[] {
  const present = [tokenizerFile, tokenizerConfigFile].filter((name) => existsSync(path.join(from, name)));
  for (const name of present) copyFileSync(path.join(from, name), path.join(to, name));
  return present;
}
