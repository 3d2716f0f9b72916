/** The tokenizer of an experiment: made by the kind that it names, or the one that its start brings along. */
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  configWithTemplates,
  openTokenizer,
  storedFunctions,
  tokenTable,
  type CorpusFunction,
  type Rows,
  type Tokenizer,
} from '../data/index.ts';
import { completeTokenizerConfig, type TokenizerFiles } from '../kinds/index.ts';
import { modelFiles } from '../model/index.ts';
import { kindOf, UserError } from '../spec/index.ts';
import type { TokenizerConfig } from './configs.ts';
import { located, requireUnchanged } from './kind-io.ts';
import { emitCounts, inputFolder, readJson } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { stageStart } from './start.ts';
import { expectedFunctions, plainWork } from './work-context.ts';

export const tokenizerFile = modelFiles.tokenizer;
/** Beside a tokenizer from elsewhere only: ours has nothing to configure. */
export const tokenizerConfigFile = modelFiles.tokenizerConfig;

export const tokenizer: StageKind<TokenizerConfig> = {
  kind: 'tokenizer',
  version: 1,
  toleratesDiverged: false,
  fixedSeconds: 0.1,
  work: async (stage, _, context) =>
    plainWork('tokenizer', { functionsRead: expectedFunctions(stage, context)?.functions ?? 0 }),
  run: async (context) => {
    const { kind } = context.stage.config.tokenizer;
    const files = kind === 'checkpoint' ? filesOfStart(context) : await madeFiles(context);
    const outputs = writeFiles(context.folder, files);
    emitCounts(context.emit, 'tokenizer', { vocab_size: readTokenizer(context.folder).vocabSize });
    return { outcome: { kind: 'completed' }, outputs } satisfies StageEnd;
  },
};

/** On the functions of the corpus, where it is trained; held-out functions take no part. */
async function madeFiles({ stage, inputFolders, kinds }: StageContext<TokenizerConfig>): Promise<TokenizerFiles> {
  const spec = located(stage, 'tokenizer');
  const kind = kindOf(kinds.tokenizers, spec);
  requireUnchanged(kind, spec, stage.config.tokenizerDigest);
  if (!kind.readsCorpus) return kind.make(spec, null);
  const functions = storedFunctions(path.join(inputFolder(inputFolders, 'corpus'), 'functions.jsonl'));
  return kind.make(spec, textsOf(functions));
}

async function* textsOf(functions: Rows<CorpusFunction>): AsyncGenerator<string> {
  for await (const { description, signature, body } of functions) yield `${description ?? ''}\n${signature}${body}`;
}

function filesOfStart(context: StageContext<TokenizerConfig>): TokenizerFiles {
  const { kind, spec } = stageStart(context);
  const files = kind.tokenizerFiles(spec);
  if (files === null) throw new Error(`start ${spec.kind} brings no tokenizer`);
  const { vocabSize } = context.stage.config.tokenizer;
  const { highestId } = tokenTable(JSON.parse(files.json) as object);
  if (highestId < vocabSize) return files;
  throw new UserError(`the tokenizer of start ${spec.kind} has ids up to ${highestId}, its model ${vocabSize} tokens`, {
    exitCode: 2,
    hint: 'Model and tokenizer must come from the same checkpoint.',
  });
}

/** Names of what was written. */
function writeFiles(folder: string, { json, config }: TokenizerFiles): readonly string[] {
  writeFileSync(path.join(folder, tokenizerFile), json);
  if (config === null) return [tokenizerFile];
  writeFileSync(path.join(folder, tokenizerConfigFile), config);
  return [tokenizerFile, tokenizerConfigFile];
}

export function readTokenizer(folder: string): Tokenizer {
  const file = path.join(folder, tokenizerFile);
  const config = path.join(folder, tokenizerConfigFile);
  return openTokenizer(file, readJson<object>(file), existsSync(config) ? readJson<object>(config) : {});
}

/**
 * Into the folder of another stage, so that it is complete. Names of the files there.
 *
 * @param chatTemplates That go with it in place of its own; null = its own.
 */
export function copyTokenizerFiles(
  from: string,
  to: string,
  chatTemplates: Readonly<Record<string, string>> | null,
): readonly string[] {
  const present = [tokenizerFile, tokenizerConfigFile].filter((name) => existsSync(path.join(from, name)));
  for (const name of present) copyFileSync(path.join(from, name), path.join(to, name));
  if (chatTemplates === null) return present;
  const config = configWithTemplates(configOf(from), chatTemplates);
  writeFileSync(path.join(to, tokenizerConfigFile), `${JSON.stringify(config, null, 2)}\n`);
  return [tokenizerFile, tokenizerConfigFile];
}

/** Ours has none, and a template needs one to lie in. */
function configOf(folder: string): object {
  const config = path.join(folder, tokenizerConfigFile);
  if (existsSync(config)) return readJson<object>(config);
  const { decode, endToken } = readTokenizer(folder);
  const table = tokenTable(readJson<object>(path.join(folder, tokenizerFile)));
  return completeTokenizerConfig({}, table, { end: decode([endToken]), pads: [] });
}
