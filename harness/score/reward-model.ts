/** A reward-model folder opened for scoring text: weights with a head, and the way its texts become tokens. */
import {
  templateWithEnd,
  tokenizerOnDemand,
  withResponseEnd,
  type ChatTemplate,
  type TokenizerOnDemand,
} from '../data/index.ts';
import {
  isOwnModel,
  loadModelFolder,
  openModelFolder,
  outlineOf,
  scoreName,
  sourceOf,
  type LoadedModel,
  type ModelConfig,
  type OpenedModel,
  type SpecialTokens,
} from '../model/index.ts';
import { UserError, type OverLength, type ResponseEnd } from '../spec/index.ts';
import type { TextEncoder } from './text-encoder.ts';

/** What rows are encoded for. */
export interface ScoredRows {
  readonly folder: string;
  readonly model: Pick<ModelConfig, 'contextLength' | 'vocabSize'>;
  readonly encoder: TextEncoder;
  /** What becomes of rows that are longer than its context. */
  readonly overLength: OverLength;
  /** How its rewards are made, where that is not the usual way. */
  readonly notes: readonly string[];
}

export interface ScoredModel extends ScoredRows {
  readonly model: ModelConfig;
  /** Still in their files. Whoever opened the model closes them. */
  readonly weights: OpenedModel['weights'];
}

export interface OpenModelOptions {
  /** tokenizer.json elsewhere; null = the folder's. */
  readonly tokenizer: string | null;
  /** With {prompt} and {response}, for a model from elsewhere; null = one after the other. */
  readonly template: string | null;
  /** A file with a chat template; null = the tokenizer's own. */
  readonly chatTemplate: string | null;
  /** Whether texts are turns of a chat: the prompt the user's, a response the assistant's. */
  readonly chat: boolean;
  /** Whether a tokenizer from elsewhere adds what its post-processor says (`<s>` and the like). */
  readonly specialTokens: boolean;
  readonly overLength: OverLength;
}

/**
 * Throws UserError: exit 2 for a folder that holds no reward model and for a template that does not fit, exit 4 for
 * damaged files.
 */
export async function openRewardModel(folder: string, options: OpenModelOptions): Promise<ScoredModel> {
  checkTemplates(folder, options);
  const { model, weights, specialTokens, notes } = await openWithHead(folder);
  const encoder = encoderOf(folder, options, { pad: specialTokens.pad, responseEnd: model.responseEnd });
  return { folder, model, weights, encoder, overLength: options.overLength, notes };
}

/** Without its weights, for a program that computes what this one may not. Throws as `openRewardModel` does. */
export function openScoredRows(folder: string, options: OpenModelOptions): ScoredRows {
  checkTemplates(folder, options);
  const { specialTokens, responseEnd, ...model } = outlineOf(folder);
  const encoder = encoderOf(folder, options, { pad: specialTokens.pad, responseEnd });
  return { folder, model, encoder, overLength: options.overLength, notes: [] };
}

function checkTemplates(folder: string, options: OpenModelOptions): void {
  refuseBothTemplates(options);
  if (options.template !== null) checkTemplate(options.template);
  if (isOwnModel(folder)) refuseTemplate(folder, options);
}

/** How the model reads a sequence, by its config.json. */
interface ReadingOfModel {
  readonly pad: SpecialTokens['pad'];
  readonly responseEnd: ResponseEnd;
}

function encoderOf(folder: string, options: OpenModelOptions, { pad, responseEnd }: ReadingOfModel): TextEncoder {
  const path = options.tokenizer ?? sourceOf(folder).tokenizer;
  const files = tokenizerOnDemand({ path, chatTemplate: options.chatTemplate, texts: 'rows' });
  return isOwnModel(folder) ? ownEncoder(files, options, responseEnd) : foreignEncoder(files, options, pad);
}

function refuseTemplate(folder: string, { template }: OpenModelOptions): void {
  if (template !== null)
    throw new UserError('--template is for models from elsewhere', {
      exitCode: 2,
      hint: `${folder} was trained here: prompt and response are joined as in training.`,
    });
}

async function openWithHead(folder: string): Promise<OpenedModel> {
  const opened = await openModelFolder(folder, { missingHeads: 'leaveOut' });
  if (!opened.missingHeads.includes(scoreName)) return opened;
  await opened.weights.close();
  throw withoutHead(folder);
}

/** A reward model with its parameters in memory. Throws as `openRewardModel` does. */
export async function loadRewardModel(folder: string): Promise<LoadedModel> {
  const loaded = await loadModelFolder(folder, { missingHeads: 'leaveOut' });
  if (loaded.missingHeads.includes(scoreName)) throw withoutHead(folder);
  return loaded;
}

function withoutHead(folder: string): UserError {
  return new UserError(`${folder}: a language model without a reward head (no ${scoreName})`, {
    exitCode: 2,
    hint: 'Finetune it on preference pairs first; `harness ls stages --kind finetune` lists what is ready.',
  });
}

function refuseBothTemplates({ template, chatTemplate, chat }: OpenModelOptions): void {
  if (template === null || (chatTemplate === null && !chat)) return;
  throw new UserError(`--template and --${chat ? 'chat' : 'chat-template'} are two ways to join prompt and response`, {
    exitCode: 2,
    hint: 'Leave one of them out.',
  });
}

function ownEncoder(
  { tokenizer, chatTemplate }: TokenizerOnDemand,
  { chat }: OpenModelOptions,
  responseEnd: ResponseEnd,
): TextEncoder {
  const template = (): ChatTemplate | null => {
    const found = chatTemplate();
    return found && templateWithEnd(found, responseEnd);
  };
  return {
    kind: 'own',
    tokenizer: () => withResponseEnd(tokenizer(), responseEnd),
    responseEnd,
    chat: { template, texts: chat },
  };
}

function foreignEncoder(
  { library, chatTemplate }: TokenizerOnDemand,
  { template, specialTokens, chat }: OpenModelOptions,
  pad: SpecialTokens['pad'],
): TextEncoder {
  return {
    kind: 'foreign',
    tokenizer: library,
    chat: { template: chatTemplate, texts: chat },
    template,
    specialTokens,
    pad,
  };
}

/** Before anything is opened, which would have to be closed again. */
function checkTemplate(template: string): void {
  const missing = ['{prompt}', '{response}'].filter((place) => !template.includes(place));
  if (missing.length > 0)
    throw new UserError(`--template ${JSON.stringify(template)}: ${missing.join(' and ')} not found`, {
      exitCode: 2,
      hint: 'A template names both places, as in "Question: {prompt}\\nAnswer: {response}".',
    });
}
