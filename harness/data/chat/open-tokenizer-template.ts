/** The chat template of a tokenizer, or one from a file for it. */
import { existsSync } from 'node:fs';
import { readJsonObject } from '../read-json-object.ts';
import { readTokenizerConfig } from '../tokenizer/read-tokenizer-config.ts';
import { namedToken, tokenTable } from '../tokenizer/token-table.ts';
import { endToken, endTokenId } from '../tokenizer/tokenizer-json.ts';
import { openChatTemplate, type ChatTemplate } from './chat-template.ts';
import { templateFile, tokenizerTemplates } from './template-files.ts';

/**
 * Null where there is none.
 *
 * @param tokenizer Path of a tokenizer.json.
 * @param file A template to use in place of its own; null = its own.
 * @throws UserError (2) for a file that is no template, (4) for damaged files of the tokenizer.
 */
export function openTokenizerTemplate(tokenizer: string, file: string | null): ChatTemplate | null {
  const config = readTokenizerConfig(tokenizer);
  const texts = file === null ? tokenizerTemplates(tokenizer, config) : templateFile(file);
  return texts === null ? null : openChatTemplate(texts, config, endText(tokenizer, config));
}

/** Ours ends a response with a token that no configuration names. */
function endText(tokenizer: string, config: object): string {
  const named = namedToken(config, 'eos_token');
  if (named !== null || !existsSync(tokenizer)) return named ?? '';
  return tokenTable(readJsonObject(tokenizer)).idOf(endToken) === endTokenId ? endToken : '';
}
