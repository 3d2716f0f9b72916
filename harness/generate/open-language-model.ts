/** A model folder opened for generating text: weights with an LM head, and the way its texts become tokens. */
import { existsSync } from 'node:fs';
import { tokenizerOnDemand, type ChatTemplate, type Tokenizer } from '../data/index.ts';
import type { TokenIds } from '../data/preference-pair.ts';
import {
  lmHeadName,
  loadModelFolder,
  sourceOf,
  type LoadedModel,
  type ModelConfig,
  type Parameters,
} from '../model/index.ts';
import { UserError } from '../spec/index.ts';
import { contextName, forGrowingRows } from './language-model.ts';

export interface OpenedLanguageModel {
  /** Its context is that in which rows may grow. */
  readonly model: ModelConfig;
  /** What messages call that context. */
  readonly contextName: string;
  readonly parameters: Parameters;
  readonly hasTokenizer: boolean;
  /** Loaded at the first text, so that prompts of token ids need none. Throws UserError where there is none. */
  readonly tokenizer: () => Tokenizer;
  /** Of the tokenizer, or from the file that was named; null where there is none. */
  readonly chatTemplate: () => ChatTemplate | null;
  /** The tokenizer's, else that of config.json; -1 where neither names one. */
  readonly endToken: () => number;
}

/**
 * @param tokenizer tokenizer.json elsewhere; null = the folder's.
 * @param chatTemplate A file with a chat template; null = the tokenizer's own.
 * @throws UserError: exit 2 for a folder without a model or without an LM head, exit 4 for damaged files.
 */
export async function openLanguageModel(
  folder: string,
  tokenizer: string | null,
  chatTemplate: string | null = null,
): Promise<OpenedLanguageModel> {
  const { model, parameters, specialTokens } = await loadLanguageModel(folder);
  const path = tokenizer ?? sourceOf(folder).tokenizer;
  const hasTokenizer = existsSync(path);
  const files = tokenizerOnDemand({ path, chatTemplate, texts: 'prompts' });
  const endToken = (): number => (hasTokenizer ? files.tokenizer().endToken : (specialTokens.end ?? -1));
  return {
    model: forGrowingRows(model),
    contextName: contextName(model),
    parameters,
    hasTokenizer,
    tokenizer: files.tokenizer,
    chatTemplate: files.chatTemplate,
    endToken,
  };
}

/**
 * A model with its parameters in memory, the reward head left out where there is none.
 * @throws UserError: exit 2 for a folder without a model or without an LM head, exit 4 for damaged files.
 */
export async function loadLanguageModel(folder: string): Promise<LoadedModel> {
  const loaded = await loadModelFolder(folder, { missingHeads: 'leaveOut' });
  if (loaded.unusableHead !== null)
    throw new UserError(`${folder}: its LM head does not fit: ${loaded.unusableHead}`, {
      exitCode: 4,
      hint: 'config.json and the weights must come from the same model.',
    });
  const head = lmHeadName(loaded.model);
  if (head !== null && loaded.missingHeads.includes(head))
    throw new UserError(`${folder}: a model without an LM head (no ${head})`, {
      exitCode: 2,
      hint: 'Only a language model generates text: give the checkpoint that it was finetuned from.',
    });
  return loaded;
}

/**
 * What the tokens of a response add to the text of its prompt. They are decoded together: some tokenizers leave out the
 * space at the start of a text.
 */
export function completionText({ decode }: Tokenizer, prompt: TokenIds, tokens: TokenIds): string {
  const start = decode(prompt);
  const whole = decode([...prompt, ...tokens]);
  return whole.startsWith(start) ? whole.slice(start.length) : decode(tokens);
}
