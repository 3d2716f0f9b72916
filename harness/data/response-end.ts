/**
 * What stands behind a response, as its model has it (`model.responseEnd`): behind one that is tokenized, and behind
 * one that a chat template renders.
 */
import type { ResponseEnd } from '../spec/experiment-schema.ts';
import type { ChatTemplate } from './chat/chat-template.ts';
import type { Tokenizer } from './tokenizer/load-tokenizer.ts';

/** The tokenizer as the model of this end reads with it. Its end token stays what a completion stops at. */
export function withResponseEnd(tokenizer: Tokenizer, end: ResponseEnd): Tokenizer {
  return end === 'none' ? { ...tokenizer, responseEnd: new Int32Array(0) } : tokenizer;
}

/** The same of a chat template: what it writes behind a response itself stays, and nothing is added. */
export function templateWithEnd(template: ChatTemplate, end: ResponseEnd): ChatTemplate {
  return end === 'none' ? { ...template, missingEnd: null } : template;
}
