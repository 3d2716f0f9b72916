/** A model folder as a starting point: what is in it, and what is wrong with it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describeModelFolder, modelFiles, sourceOf, weightsIndexFile, type ModelConfig } from '../../model/index.ts';
import { UserError, type RuleBreak } from '../../spec/index.ts';
import { namesIn, stampOf } from './checkpoint-files.ts';
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
  if (namesIn(folder) === null)
    return { broken: { fields: ['path'], expected: wholeFolder, found: `no folder at ${folder}`, isAbsent: true } };
  try {
    const { model, specialTokens, missingHeads } = describeModelFolder(folder);
    const file = sourceOf(folder).tokenizer;
    if (!existsSync(file)) return { broken: noTokenizer(folder) };
    const tokenizer = readCheckpointTokenizer(file, specialTokens);
    const { highestId } = tokenizer;
    if (highestId < model.vocabSize) return { checkpoint: { model, missingHeads, tokenizer } };
    return { broken: unfitting(`token ids up to ${highestId}, and embeddings of ${model.vocabSize} tokens`) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const hint = [error.hint, /model_type: /.test(error.message) ? notTrained : null].filter((part) => part !== null);
    return { broken: { ...unfitting(error.message), ...(hint.length > 0 && { suggestion: hint.join(' ') }) } };
  }
}

/** The state of a training run is kept by the names and shapes that the record of a family gives. */
const notTrained =
  'With execution.backend: torch too, only these architectures are trained; transformers can still score others ' +
  '(harness score --backend torch) and write with them (the generator torch).';

const wholeFolder =
  `a folder with ${modelFiles.config}, ${modelFiles.weights} (or shards and ${weightsIndexFile}) and ` +
  modelFiles.tokenizer;

function unfitting(found: string): RuleBreak {
  return { fields: ['path'], expected: 'a Hugging Face folder of a model that can be computed here', found };
}

function noTokenizer(folder: string): RuleBreak {
  const names = namesIn(folder) ?? [];
  const shown = names.length > 8 ? [...names.slice(0, 8), '...'] : names;
  return {
    ...unfitting(`no ${modelFiles.tokenizer} in ${folder}, which has ${shown.join(', ')}`),
    suggestion: names.includes('tokenizer.model')
      ? `a tokenizer.model alone becomes a ${modelFiles.tokenizer} in Python: ` +
        `AutoTokenizer.from_pretrained(${JSON.stringify(path.basename(folder))}).save_pretrained(folder)`
      : 'save the tokenizer again with transformers: tokenizer.save_pretrained(folder)',
  };
}
