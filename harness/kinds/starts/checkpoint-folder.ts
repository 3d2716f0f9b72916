/** A Hugging Face folder as a starting point: what is in it, what is wrong with it, and the digest of its files. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileDigest } from '../../data/index.ts';
import {
  describeModelFolder,
  modelFiles,
  weightFilesOf,
  weightsIndexFile,
  type ModelConfig,
} from '../../model/index.ts';
import { UserError, type RuleBreak } from '../../spec/index.ts';
import { readCheckpointTokenizer, type CheckpointTokenizer } from './checkpoint-tokenizer.ts';

export interface CheckpointFolder {
  readonly model: ModelConfig;
  /** Heads it has no weights for. */
  readonly missingHeads: readonly string[];
  readonly tokenizer: CheckpointTokenizer;
}

export type CheckedFolder = { readonly checkpoint: CheckpointFolder } | { readonly broken: RuleBreak };

/** Answers by folder and state of its files: validating a sweep asks once a trial. */
const checked = new Map<string, CheckedFolder>();

/** What the folder holds, or why it is no starting point; no weights are read. */
export function checkFolder(folder: string): CheckedFolder {
  const key = stampOf(folder);
  const answer = checked.get(key) ?? check(folder);
  checked.set(key, answer);
  return answer;
}

function check(folder: string): CheckedFolder {
  const missing = missingFiles(folder);
  if (missing !== null) return { broken: missing };
  try {
    const { model, specialTokens, missingHeads } = describeModelFolder(folder);
    const tokenizer = readCheckpointTokenizer(folder, specialTokens);
    const { highestId } = tokenizer;
    if (highestId < model.vocabSize) return { checkpoint: { model, missingHeads, tokenizer } };
    return { broken: unfitting(`token ids up to ${highestId}, and embeddings of ${model.vocabSize} tokens`) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { broken: { ...unfitting(error.message), ...(error.hint !== null && { suggestion: error.hint }) } };
  }
}

function unfitting(found: string): RuleBreak {
  return { fields: ['path'], expected: 'a Hugging Face folder of a model that can be computed here', found };
}

function missingFiles(folder: string): RuleBreak | null {
  const expected =
    `a folder with ${modelFiles.config}, ${modelFiles.weights} (or shards and ${weightsIndexFile}) and ` +
    `${modelFiles.tokenizer}`;
  const names = namesIn(folder);
  if (names === null) return { fields: ['path'], expected, found: `no folder at ${folder}` };
  const hasWeights = names.includes(modelFiles.weights) || names.includes(weightsIndexFile);
  const missing = [
    ...(names.includes(modelFiles.config) ? [] : [modelFiles.config]),
    ...(hasWeights ? [] : [modelFiles.weights]),
    ...(names.includes(modelFiles.tokenizer) ? [] : [modelFiles.tokenizer]),
  ];
  if (missing.length === 0) return null;
  const shown = names.length > 8 ? [...names.slice(0, 8), '...'] : names;
  return {
    fields: ['path'],
    expected,
    found:
      `no ${missing.join(' and no ')} in ${folder}, which has ` +
      `${names.length === 0 ? 'no files' : shown.join(', ')}`,
    ...(missing.includes(modelFiles.config)
      ? {}
      : { suggestion: 'save model and tokenizer again with transformers: save_pretrained(folder) of each' }),
  };
}

function namesIn(folder: string): readonly string[] | null {
  try {
    return readdirSync(folder).sort();
  } catch {
    return null;
  }
}

/** sha256 over the names and contents of the files that a start reads. @throws UserError (4) where one is gone. */
export function digestOfFolder(folder: string): string {
  const lines = filesOf(folder).map((file) => `${path.basename(file)} ${fileDigest(file)}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** Those that are there, in a fixed order. */
function filesOf(folder: string): readonly string[] {
  const named = [modelFiles.config, modelFiles.tokenizer, modelFiles.tokenizerConfig, weightsIndexFile];
  const present = named.map((name) => path.join(folder, name)).filter((file) => existsSync(file));
  const { files } = weightFilesOf(folder);
  return [...present, ...files];
}

function stampOf(folder: string): string {
  return [folder, ...(namesIn(folder) ?? []).map((name) => stampOfFile(path.join(folder, name)))].join('\n');
}

function stampOfFile(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? `${file} gone` : `${file} ${found.size} ${found.mtimeMs} ${found.ctimeMs} ${found.ino}`;
}
