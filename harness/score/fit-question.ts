/**
 * Rows that are longer than the context, made to fit as in training (`data/encode/fit-context.ts`). The sequences of a
 * model from elsewhere have no boundary between prompt and response: cut on the right they are what the tokenizer of
 * `transformers` makes with `truncation=True`, whose ending tokens stay.
 */
import { fitRow, rowLength, type Fit } from '../data/index.ts';
import type { OverLength } from '../spec/experiment-schema.ts';
import type { ScoredQuestion } from './batches.ts';
import { framingTokens } from './begin-tokens.ts';
import { questionOf } from './sequences.ts';
import type { ForeignEncoder, TextEncoder } from './text-encoder.ts';

export interface ContextLimit {
  readonly contextLength: number;
  readonly overLength: OverLength;
}

/** The tokenizer is asked only for a row that is cut. */
export function fitQuestion(question: ScoredQuestion, encoder: TextEncoder, limit: ContextLimit): Fit {
  const { contextLength, overLength } = limit;
  if (rowLength(question) <= contextLength) return { outcome: 'whole', row: question };
  if (overLength === 'truncate-right' && encoder.kind === 'foreign')
    return { outcome: 'response cut', row: cutSequences(question, encoder, contextLength) };
  const beginTokens = overLength === 'truncate-prompt-left' ? beginOf(encoder) : new Int32Array(0);
  const keepsLastToken = encoder.kind === 'foreign' || encoder.responseEnd !== 'none';
  return fitRow(question, { contextLength, overLength, beginTokens, keepsLastToken });
}

function beginOf(encoder: TextEncoder): Int32Array {
  return encoder.kind === 'own' ? encoder.tokenizer().beginTokens : framingTokens(encoder.tokenizer()).begin;
}

function cutSequences(
  { prompt, responses }: ScoredQuestion,
  { tokenizer, specialTokens }: ForeignEncoder,
  contextLength: number,
): ScoredQuestion {
  const end = specialTokens ? framingTokens(tokenizer()).end : new Int32Array(0);
  const sequences = responses.map((response) => Int32Array.of(...prompt, ...response));
  return questionOf(
    sequences.map((sequence) => cutSequence(sequence, end, contextLength)),
    null,
  );
}

function cutSequence(sequence: Int32Array, end: Int32Array, contextLength: number): Int32Array {
  if (sequence.length <= contextLength) return sequence;
  const isEnded = end.every((id, index) => sequence[sequence.length - end.length + index] === id);
  const kept = isEnded ? Math.max(0, contextLength - end.length) : contextLength;
  return Int32Array.of(...sequence.subarray(0, kept), ...sequence.subarray(sequence.length - (contextLength - kept)));
}
