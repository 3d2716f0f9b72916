/** A reward-model folder opened for scoring text: weights with a head, and the way its texts become tokens. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadHuggingFaceTokenizer, openTokenizer, readJsonObject } from '../data/index.ts';
import {
  loadModelFolder,
  modelFiles,
  scoreName,
  type LoadedModel,
  type ModelConfig,
  type Parameters,
  type SpecialTokens,
} from '../model/index.ts';
import { UserError } from '../spec/index.ts';
import { plainTemplate, type TextEncoder } from './encode-row.ts';

export interface ScoredModel {
  readonly folder: string;
  readonly model: ModelConfig;
  readonly parameters: Parameters;
  readonly encoder: TextEncoder;
}

export interface OpenModelOptions {
  /** tokenizer.json elsewhere; null = the folder's. */
  readonly tokenizer: string | null;
  /** With {prompt} and {response}, for a model from elsewhere; null = one after the other. */
  readonly template: string | null;
  /** Whether a tokenizer from elsewhere adds what its post-processor says (`<s>` and the like). */
  readonly specialTokens: boolean;
}

/**
 * Throws UserError: exit 2 for a folder that holds no reward model and for a template that does not fit, exit 4 for
 * damaged files.
 */
export async function openRewardModel(folder: string, options: OpenModelOptions): Promise<ScoredModel> {
  const isOwn = isOwnFolder(folder);
  if (isOwn) refuseTemplate(folder, options);
  const { model, parameters, specialTokens } = await loadWithHead(folder);
  const path = options.tokenizer ?? join(folder, modelFiles.tokenizer);
  const encoder = isOwn ? ownEncoder(path) : foreignEncoder(path, options, specialTokens.pad);
  return { folder, model, parameters, encoder };
}

function refuseTemplate(folder: string, { template }: OpenModelOptions): void {
  if (template !== null)
    throw new UserError('--template is for models from elsewhere', {
      exitCode: 2,
      hint: `${folder} was trained here: prompt and response are joined as in training.`,
    });
}

async function loadWithHead(folder: string): Promise<LoadedModel> {
  const loaded = await loadModelFolder(folder, { missingHeads: 'leaveOut' });
  if (loaded.missingHeads.includes(scoreName))
    throw new UserError(`${folder}: a language model without a reward head (no ${scoreName})`, {
      exitCode: 2,
      hint: 'Finetune it on preference pairs first; `harness ls stages --kind finetune` lists what is ready.',
    });
  return loaded;
}

/** Whether the model was trained here: its config.json then has a map of ours. */
function isOwnFolder(folder: string): boolean {
  const path = join(folder, modelFiles.config);
  if (existsSync(path)) return (readJsonObject(path) as { readonly harness?: unknown }).harness !== undefined;
  throw new UserError(`${folder}: no model folder: it has no ${modelFiles.config}`, {
    exitCode: 2,
    hint: 'Give the folder of a finetune stage, its id, or a folder of a Hugging Face reward model.',
  });
}

function ownEncoder(path: string): TextEncoder {
  const tokenizer = once(() => openTokenizer(path, readTokenizer(path), readOptional(configBeside(path))));
  return { kind: 'own', tokenizer };
}

function foreignEncoder(
  path: string,
  { template, specialTokens }: OpenModelOptions,
  pad: SpecialTokens['pad'],
): TextEncoder {
  return {
    kind: 'foreign',
    tokenizer: once(() => loadHuggingFaceTokenizer(path, readTokenizer(path), readOptional(configBeside(path)))),
    template: checkedTemplate(template ?? plainTemplate),
    specialTokens,
    pad,
  };
}

function configBeside(tokenizer: string): string {
  return join(dirname(tokenizer), modelFiles.tokenizerConfig);
}

function checkedTemplate(template: string): string {
  const missing = ['{prompt}', '{response}'].filter((place) => !template.includes(place));
  if (missing.length > 0)
    throw new UserError(`--template ${JSON.stringify(template)}: ${missing.join(' and ')} not found`, {
      exitCode: 2,
      hint: 'A template names both places, as in "Question: {prompt}\\nAnswer: {response}".',
    });
  return template;
}

function readTokenizer(path: string): object {
  if (existsSync(path)) return readJsonObject(path);
  throw new UserError(`${path}: there is no tokenizer, and the rows are texts`, {
    exitCode: 2,
    hint:
      'Name one with --tokenizer, or give rows of token ids. ' +
      '(A tokenizer.model alone becomes a tokenizer.json with ' +
      'AutoTokenizer.from_pretrained(...).save_pretrained(...) in Python.)',
  });
}

function readOptional(path: string): object {
  return existsSync(path) ? readJsonObject(path) : {};
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => (made ??= { value: make() }).value;
}
