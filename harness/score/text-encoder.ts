/** How the rows of a model become token ids. Types only. */
import type { ChatTemplate, FitOutcome, HuggingFaceTokenizer, Tokenizer } from '../data/index.ts';
import type { ResponseEnd } from '../spec/index.ts';
import type { ScoredQuestion } from './batches.ts';

/** How chat messages become text. */
export interface ChatEncoder {
  /** Null where there is none. Throws UserError for one that cannot be read. */
  readonly template: () => ChatTemplate | null;
  /** Whether rows of texts are chat too: the prompt a user's turn, a response the assistant's. */
  readonly texts: boolean;
}

/** The tokenizer is loaded at the first text, so that rows of token ids need none. */
export type TextEncoder = OwnEncoder | ForeignEncoder;

/** Of a model that was trained here. */
export interface OwnEncoder {
  readonly kind: 'own';
  readonly tokenizer: () => Tokenizer;
  /** What stands behind each response, as in its training; null = the end token. Tokenizer and template have it. */
  readonly responseEnd: ResponseEnd;
  readonly chat: ChatEncoder;
}

/** Of a model from elsewhere. */
export interface ForeignEncoder {
  readonly kind: 'foreign';
  readonly tokenizer: () => HuggingFaceTokenizer;
  readonly chat: ChatEncoder;
  /** Of texts: {prompt} and {response}; null = one after the other. */
  readonly template: string | null;
  readonly specialTokens: boolean;
  readonly pad: number | null;
}

export type EncodedRow = { readonly question: ScoredQuestion } | { readonly problems: readonly string[] };

/** A row as it fits into the context, or why it is left out. */
export type FittedRow =
  | { readonly question: ScoredQuestion; readonly outcome: FitOutcome }
  | { readonly leftOut: FitOutcome }
  | { readonly problems: readonly string[] };
